/**
 * A model's diff: offered only if it applies to the very text that was sent. Models miscount, so the counts in
 * it are made anew; what is offered is written by us, from the text before and after.
 */
import { applyPatch, createTwoFilesPatch, FILE_HEADERS_ONLY, parsePatch } from "diff";
import type { Subject } from "./subject.ts";
import { hidesSomething } from "./text.ts";

/** A diff that can be offered, or why the model's can't be. */
export type Suggestion = { readonly diff: string | null } | { readonly refused: string };

const DIFF_CHARACTERS_MAX = 128 * 1024;
/** Comparing costs as much as there are changes, squared. */
const CHANGED_LINES_MAX = 5_000;
const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

export function checkSuggestion(subject: Subject, diff: string | null): Suggestion {
  if (diff === null || diff.trim() === "") return { diff: null };
  if (diff.length > DIFF_CHARACTERS_MAX) return { refused: "it is too long" };
  const text = unfenced(diff.replaceAll("\r\n", "\n"));
  if (otherFilesIn(text, subject.path)) return { refused: "it changes other files" };
  const after = applied(subject.content, text);
  if (after === null) return { refused: "it does not apply to the file" };
  if (after === subject.content) return { diff: null };
  if (addsHidden(subject.content, after)) return { refused: "it adds characters that can't be seen" };
  const written = rewritten(subject, after);
  return written === null ? { refused: "it is too long" } : { diff: written };
}

function rewritten({ path, content }: Subject, after: string): string | null {
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY, maxEditLength: CHANGED_LINES_MAX };
  const diff = createTwoFilesPatch(`a/${path}`, `b/${path}`, content, after, undefined, undefined, options);
  return diff === undefined || diff.length > DIFF_CHARACTERS_MAX ? null : diff;
}

function unfenced(text: string): string {
  return text.replace(/^\s*```\w*\n/, "").replace(/\n```\s*$/, "\n");
}

/** Tell whether the headers name anything but this file; no header at all means this file. */
function otherFilesIn(text: string, path: string): boolean {
  const beforeHunks = text
    .split("\n")
    .filter((line, index, lines) => isHeader(line, lines[index + 1], lines[index - 1]));
  const own = new Set([path, `a/${path}`, `b/${path}`, path.slice(path.lastIndexOf("/") + 1)]);
  for (const name of [...own]) own.add(`a/${name}`).add(`b/${name}`);
  const names = beforeHunks.map((line) => line.slice(4).replace(/\t.*$/, "").trim());
  return (
    names.some((name) => !own.has(name)) ||
    names.length > 2 ||
    /^(?:rename|copy|deleted file|new file)\b/m.test(headOf(text))
  );
}

/** A removed line may begin with `-- ` and an added one with `++ `: a header is a pair of both. */
function isHeader(line: string, next = "", previous = ""): boolean {
  return (
    (line.startsWith("--- ") && next.startsWith("+++ ")) ||
    (line.startsWith("+++ ") && previous.startsWith("--- "))
  );
}

function headOf(text: string): string {
  const hunk = text.search(/^@@/m);
  return hunk < 0 ? text : text.slice(0, hunk);
}

function applied(content: string, text: string): string | null {
  try {
    const [patch, ...others] = parsePatch(recounted(text));
    if (!patch || others.length > 0 || patch.hunks.length === 0) return null;
    const after = applyPatch(content, patch, { autoConvertLineEndings: true });
    return after === false ? null : after;
  } catch {
    return null;
  }
}

/** Give the diff with the line counts of its hunks as they are, and blank lines as the context that they are. */
function recounted(text: string): string {
  const lines = text.replace(/\n+$/, "").split("\n");
  const first = lines.findIndex((line) => HUNK.test(line));
  if (first < 0) return "";
  const hunks: string[][] = [];
  for (const line of lines.slice(first)) {
    if (HUNK.test(line)) hunks.push([line]);
    else hunks.at(-1)?.push(line === "" ? " " : line);
  }
  return `${hunks.flatMap(recountedHunk).join("\n")}\n`;
}

function recountedHunk([head = "", ...body]: readonly string[]): string[] {
  const [, before = "1", after = "1"] = HUNK.exec(head) ?? [];
  const count = (signs: string): number => body.filter((line) => signs.includes(line.charAt(0))).length;
  return [`@@ -${before},${count(" -")} +${after},${count(" +")} @@`, ...body];
}

function addsHidden(before: string, after: string): boolean {
  const known = new Set(before.split(/\r?\n/));
  return after.split(/\r?\n/).some((line) => !known.has(line) && hidesSomething(line));
}
