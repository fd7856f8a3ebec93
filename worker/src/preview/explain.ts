/** Says what esbuild's messages mean for the person who wrote the code, and what to do next. */
import type { Message, Note } from "esbuild-wasm";
import { extensionOf, projectPath } from "./paths.ts";

export interface Explanation {
  readonly text: string;
  readonly hint: string | null;
}

const NO_EXPORT = /^No matching export in "([a-z-]+):([^"]+)" for import "([^"]+)"/;
const LINE_COLUMNS = 80;
const OPENING_TAG = /<[A-Za-z][\w.]*(\s[^<>]*)?\/?>|<>/;

/** `file` is the project's path of the message's place, or null. */
export function explain(message: Message, file: string | null): Explanation {
  const own = (message.detail as { readonly hint?: string } | undefined)?.hint ?? null;
  return noExport(message) ?? { text: message.text, hint: own ?? hintOf(message, file) };
}

function noExport({ text, notes }: Message): Explanation | null {
  const [, place, path = "", name = ""] = NO_EXPORT.exec(text) ?? [];
  if (place === undefined) return null;
  if (place === "stand-in") {
    return {
      text: `"${name}" is not a part of what previews put in the place of "${path}"`,
      hint: "Leave that part out in a file named *.web.tsx beside this one: previews take it first.",
    };
  }
  const meant = /"([^"]+)" instead/.exec(notes.map((note) => note.text).join(" "))?.[1];
  const hint =
    meant === undefined ? "Export it there, or import what that file exports." : `Did you mean "${meant}"?`;
  return { text: `"${name}" is not exported by ${path}`, hint };
}

function hintOf({ location, notes }: Message, file: string | null): string | null {
  const extension = extensionOf(file ?? "");
  if ([".ts", ".mts", ".cts"].includes(extension) && OPENING_TAG.test(location?.lineText ?? ""))
    return `JSX needs a file that ends in .tsx. Rename ${file ?? "it"}.`;
  if (extension === ".json")
    return 'JSON has no comments and no comma after the last entry, and quotes all names with ".';
  if (notes[0] !== undefined) return noteText(notes[0], file);
  if (extension === ".css") return "The browser leaves out what it can't read, so this rule has no effect.";
  return location === null
    ? null
    : "The code can't be read from here on. Look at this line and at the one before it.";
}

/** A note that ends in "is here:" points to a second place, which is shown nowhere else. */
function noteText({ text, location }: Note, file: string | null): string {
  if (location === null || !text.endsWith(":")) return text;
  const path = projectPath(location.file);
  const place = `line ${location.line}${path === file ? "" : ` of ${path}`}`;
  return `${text} ${place}, ${location.lineText.trim().slice(0, LINE_COLUMNS)}`;
}
