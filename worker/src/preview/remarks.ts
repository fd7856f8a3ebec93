/** Finds in a script what builds and yet can't work in a preview, so that it is said before the phone shows it. */
import type { PartialMessage } from "esbuild-wasm";
import { masked } from "./brackets.ts";
import { PUBLIC_ENV } from "./public_env.ts";

export interface Remarks {
  readonly errors: PartialMessage[];
  readonly warnings: PartialMessage[];
}

interface Unsupported {
  readonly pattern: RegExp;
  readonly text: string;
  readonly hint: string;
}

export const WORKERS = {
  text: "Web workers don't run in previews",
  hint: "Call the worker's code directly while previewing, for example where import.meta.env.DEV is true.",
} as const;
const UNSUPPORTED: readonly Unsupported[] = [
  {
    pattern: /\bnew\s+(?:Shared)?Worker\s*\(/g,
    ...WORKERS,
  },
];
const ENV_VALUE = /\b(?:import\.meta|process)\.env\.([A-Za-z_]\w*)/g;

/** Give what is to be said about one of the project's own scripts. `known` holds the names that have values. */
export function remarksOn(file: string, text: string, known: ReadonlySet<string>): Remarks {
  if (!/Worker|\.env\./.test(text)) return { errors: [], warnings: [] };
  const code = masked(text);
  const errors = UNSUPPORTED.flatMap(({ pattern, text: message, hint }) =>
    [...code.matchAll(pattern)].map((found) => remark(file, text, found, message, hint)),
  );
  const warnings = [...code.matchAll(ENV_VALUE)]
    .filter((found) => !known.has(found[1] ?? ""))
    .map((found) => withoutValue(file, text, found));
  return { errors, warnings };
}

function withoutValue(file: string, text: string, found: RegExpExecArray): PartialMessage {
  const name = found[1] ?? "";
  return PUBLIC_ENV.test(name)
    ? remark(file, text, found, `"${name}" has no value`, `Write ${name}=… into the project's .env file.`)
    : remark(
        file,
        text,
        found,
        `"${name}" is not public, so it has no value in a preview`,
        "Only names that begin with VITE_ or EXPO_PUBLIC_ reach a browser. Rename it if everybody may read it.",
      );
}

/** More of a line nobody reads, and a minified file is one. */
const LINE_CHARACTERS = 500;

/** Give a message at the place that was found. */
export function remark(
  file: string,
  text: string,
  found: RegExpExecArray,
  message: string,
  hint: string,
): PartialMessage {
  const start = text.lastIndexOf("\n", found.index - 1) + 1;
  const end = text.indexOf("\n", found.index);
  const line = text.slice(0, start).split("\n").length;
  // As esbuild has it: columns are bytes of UTF-8.
  const column = new TextEncoder().encode(text.slice(start, found.index)).length;
  const lineText = text.slice(start, Math.min(end < 0 ? text.length : end, start + LINE_CHARACTERS));
  return {
    text: message,
    location: { file, line, column, length: found[0].length, lineText },
    detail: { hint },
  };
}
