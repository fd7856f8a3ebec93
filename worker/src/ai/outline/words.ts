/** Sentences made of counts and names. */

const SHOWN = 8;

/** Give `1 class`, `2 classes`. */
export function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${/(?:s|ch)$/.test(noun) ? `${noun}es` : `${noun}s`}`;
}

/** Give `a, b and c`; of a long list its beginning and how many more there are. */
export function listed(words: readonly string[], shown = SHOWN): string {
  const rest = words.length - shown;
  const all = rest > 1 ? [...words.slice(0, shown), `${rest} more`] : words;
  return all.length < 2 ? (all[0] ?? "") : `${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}`;
}

/** Give a name or a piece of code as Markdown code. */
export function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function linesOf({
  lineStart,
  lineEnd,
}: {
  readonly lineStart: number;
  readonly lineEnd: number;
}): string {
  return lineStart === lineEnd ? `line ${lineStart}` : `lines ${lineStart}–${lineEnd}`;
}
