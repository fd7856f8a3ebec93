/** Finds the place in the source for an error in the bundle. */
import { originalPositionFor, sourceContentFor, TraceMap } from "@jridgewell/trace-mapping";
import type { Diagnostic } from "../../src/contract.gen.ts";
import { BUNDLE_NAME, type RuntimeError } from "../messages.ts";

const PLACE = new RegExp(`${BUNDLE_NAME.replace(".", "\\.")}:(\\d+):(\\d+)`, "g");
/** The project's own modules, and code that stands in its page; not our entry, and no prelude. */
const PROJECT_SOURCE = /^(project:|virtual:(?=.*#))/;
const INLINE_PART = /#\w+-\d+$/;
const FRAME_LINES = 2;

/** Give the error with the first place of its stack that lies in the project's own code. */
export function locate(error: RuntimeError, sourceMap: string): Diagnostic {
  const map = new TraceMap(sourceMap);
  for (const [, line, column] of error.stack.matchAll(PLACE)) {
    const found = originalPositionFor(map, { line: Number(line), column: Number(column) - 1 });
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
