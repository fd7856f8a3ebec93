/** Text of others, fit to be shown: without control characters and without what turns its direction around. */

// C0 and C1 but tab and line feed, and the bidirectional controls of CVE-2021-42574 ("Trojan Source").
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** Give the text as several lines may be shown. */
export function plainText(text: string, charactersMax = 200_000): string {
  const clean = text.replace(/\r\n?/gu, "\n").replace(UNSEEN, "");
  return clean.length > charactersMax ? `${clean.slice(0, charactersMax)} …` : clean;
}

/** Give the text as one line. */
export function plainLine(text: string, charactersMax = 300): string {
  return plainText(text.replace(/\s+/gu, " ").trim(), charactersMax);
}

/** Give a line for a message box. VS Code makes links of `[text](address)` there, even of `command:` addresses. */
export function messageLine(text: string): string {
  return withoutLinks(plainLine(text, 600));
}

/** Give a line for a pick list, the status bar or a question, where `$(name)` becomes an icon, or a link likewise. */
export function labelLine(text: string): string {
  return withoutLinks(plainLine(text)).replaceAll("$(", "$ (");
}

function withoutLinks(line: string): string {
  return line.replaceAll("](", "] (");
}
