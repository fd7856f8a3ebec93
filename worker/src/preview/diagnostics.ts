/** Turns esbuild's messages into diagnostics that a person can act on. */
import type { BuildFailure, Message } from "esbuild-wasm";
import type { Diagnostic, ErrorCode } from "../contract.gen.ts";
import { WorkerError } from "../errors.ts";
import { explain } from "./explain.ts";
import { projectPath } from "./paths.ts";

const FRAME_LINES = 2;
const FRAME_COLUMNS = 160;

type ReadText = (path: string) => string | undefined;

interface Detail {
  readonly code?: ErrorCode;
}

export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}

/** Give the error of a failed build: its first message decides, since later ones often follow from it. */
export function buildError(failure: BuildFailure, read: ReadText): WorkerError {
  const [first] = failure.errors;
  if (!first) return new WorkerError("PREVIEW_BUILD_FAILED", "The project could not be built.");
  const diagnostic = diagnosticOf(first, read);
  const code = (first.detail as Detail | undefined)?.code ?? "PREVIEW_BUILD_FAILED";
  return new WorkerError(code, diagnostic.message, diagnostic);
}

export function diagnosticOf(message: Message, read: ReadText): Diagnostic {
  const { location } = message;
  const file = location ? projectPath(location.file) : null;
  const { text, hint } = explain(message, file);
  return {
    message: sentence(text),
    file,
    line: location?.line ?? null,
    // esbuild counts columns from 0, in bytes of UTF-8; editors count from 1.
    column: location ? columnOf(location.lineText, location.column) : null,
    frame: location && file !== null ? frame(read(file) ?? location.lineText, location.line, location) : null,
    hint,
  };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function columnOf(lineText: string, byteColumn: number): number {
  const before = new TextEncoder().encode(lineText).subarray(0, byteColumn);
  return new TextDecoder().decode(before).length + 1;
}

/** Give the lines around a place, numbered, with a marker under it. */
function frame(
  text: string,
  line: number,
  location: { readonly lineText: string; readonly column: number; readonly length: number },
): string {
  const lines = text.split(/\r?\n/);
  const first = Math.max(1, line - FRAME_LINES);
  const last = Math.min(lines.length, line + FRAME_LINES);
  const width = String(last).length;
  const shown: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const gutter = `${number === line ? ">" : " "} ${String(number).padStart(width)} | `;
    shown.push(gutter + (lines[number - 1] ?? "").slice(0, FRAME_COLUMNS));
    if (number === line) shown.push(" ".repeat(gutter.length - 2) + "| " + marker(location));
  }
  return shown.join("\n");
}

function marker({ lineText, column, length }: { lineText: string; column: number; length: number }): string {
  const start = columnOf(lineText, column) - 1;
  // Tabs are kept, so that the marker stands under its place however wide they are shown.
  const indent = lineText.slice(0, start).replace(/[^\t]/g, " ");
  return indent + "^".repeat(Math.max(1, Math.min(length, lineText.length - start)));
}
