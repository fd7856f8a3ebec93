/** Finds the place in the source for a place in what the app runs: its bundle, or one of its modules. */
import { originalPositionFor, sourceContentFor, TraceMap } from "@jridgewell/trace-mapping";
import type { Diagnostic } from "../../src/contract.gen.ts";
import { MODULE_NAME } from "../../src/preview/living/module.ts";
import { BUNDLE_NAME, type RuntimeError } from "../messages.ts";

/** Gives the source map of the bundle, or of a module by its id. */
export type Maps = (name: string) => Promise<string | undefined>;

const PLACE = new RegExp(`(?:${BUNDLE_NAME.replace(".", "\\.")}|${MODULE_NAME}(\\S+?)):(\\d+):(\\d+)`, "g");
/** The project's own modules, and code that stands in its page; not our entry, and no prelude. */
const PROJECT_SOURCE = /^(project:|virtual:(?=.*#))/;
const INLINE_PART = /#\w+-\d+$/;
const FRAME_LINES = 2;
const STEPS_MAX = 30;
/** A module's code begins below the line that opens its function. */
const MODULE_HEAD_LINES = 1;

/** Give the error with the first place of its stack that lies in the project's own code. */
export async function locate(error: RuntimeError, maps: Maps): Promise<Diagnostic> {
  for (const [, id, line, column] of [...error.stack.matchAll(PLACE)].slice(0, STEPS_MAX)) {
    const text = await maps(id === undefined ? BUNDLE_NAME : decodeURI(id));
    if (text === undefined) continue;
    const map = new TraceMap(text);
    const head = id === undefined ? 0 : MODULE_HEAD_LINES;
    const found = originalPositionFor(map, { line: Number(line) - head, column: Number(column) - 1 });
    if (found.source === null || !PROJECT_SOURCE.test(found.source)) continue;
    const source = sourceContentFor(map, found.source);
    return {
      message: error.message,
      file: found.source.replace(PROJECT_SOURCE, "").replace(INLINE_PART, ""),
      line: found.line,
      column: found.column + 1,
      frame: source === null ? null : frame(source, found.line),
    };
  }
  return { message: error.message };
}

/** Give the error with its place, or what is known without one. */
export async function locateOr(unknown: Diagnostic, error: RuntimeError, maps: Maps): Promise<Diagnostic> {
  return locate(error, maps).catch(() => unknown);
}

function frame(source: string, line: number): string {
  const lines = source.split(/\r?\n/);
  const first = Math.max(1, line - FRAME_LINES);
  const last = Math.min(lines.length, line + FRAME_LINES);
  const width = String(last).length;
  return Array.from({ length: last - first + 1 }, (_none, index) => {
    const number = first + index;
    return `${number === line ? ">" : " "} ${String(number).padStart(width)} | ${lines[number - 1] ?? ""}`;
  }).join("\n");
}
