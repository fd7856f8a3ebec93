/** Finds its way through code by its brackets. Knows no grammar: strings and comments are masked first. */

interface Range {
  readonly from: number;
  readonly to: number;
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "<": ">" };
const INSIDE = "\u0001";

/** Give the code at the same length, with blanks for comments and a filler for what strings hold. */
export function masked(text: string): string {
  const pieces = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;
  return text.replace(pieces, (piece) => {
    if (piece.startsWith("/")) return piece.replace(/[^\n]/g, " ");
    const quote = piece.charAt(0);
    return quote + INSIDE.repeat(piece.length - 2) + quote;
  });
}

/** Give where the bracket at `open` is closed; the text's end if it is not. */
export function balancedEnd(code: string, open: number): number {
  const waiting: string[] = [];
  for (let at = open; at < code.length; at += 1) {
    const character = code[at] ?? "";
    if (opens(code, at)) waiting.push(CLOSING[character] ?? "");
    else if (character === waiting.at(-1) && !isArrow(code, at)) {
      waiting.pop();
      if (waiting.length === 0) return at;
    }
  }
  return code.length;
}

/** Give the parts between separators that stand in no bracket, without empty ones. */
export function splitTop(code: string, { from, to }: Range, separators: string): Range[] {
  const parts: Range[] = [];
  let start = from;
  for (let at = from; at < to; at += 1) {
    if (opens(code, at)) at = Math.min(balancedEnd(code, at), to);
    else if (separators.includes(code[at] ?? "")) {
      parts.push({ from: start, to: at });
      start = at + 1;
    }
  }
  parts.push({ from: start, to });
  return parts.filter((part) => code.slice(part.from, part.to).trim() !== "");
}

/** `<` opens a bracket behind a name, as in `Array<string>`; elsewhere it compares, or begins JSX. */
function opens(code: string, at: number): boolean {
  const character = code[at] ?? "";
  if (character === "<")
    return (
      /[\w$]/.test(code[at - 1] ?? "") &&
      /^<[\w$\s,.[\]{}:;?|&"'<>()=\u0001-]*>/.test(code.slice(at, at + 400))
    );
  return CLOSING[character] !== undefined;
}

function isArrow(code: string, at: number): boolean {
  return code[at] === ">" && code[at - 1] === "=";
}
