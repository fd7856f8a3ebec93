/** Makes a model's text harmless to show: in a terminal, in an editor, and as Markdown. */

/**
 * Controls drive terminals, and marks of direction show code in another order than it runs (CVE-2021-42574).
 * Tab and line feed stay.
 */
const HIDDEN = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g;
/** An image is fetched without a click, so its address could carry the source away. */
const IMAGE = /!(?=\[[^\]]*\][([])/g;

/** Give prose without what could act by being shown, at most so long. */
export function plainProse(text: string, characters: number): string {
  return shortened(plain(text).replace(IMAGE, "").trim(), characters);
}

/** Tell whether code holds what a reader could not see. */
export function hidesSomething(code: string): boolean {
  return plain(code) !== code.replaceAll("\r\n", "\n").toWellFormed();
}

function plain(text: string): string {
  return text.replaceAll("\r\n", "\n").toWellFormed().replace(HIDDEN, "");
}

function shortened(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1).toWellFormed()}…`;
}
