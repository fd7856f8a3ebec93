/**
 * What comes into a room, taken apart. A viewer's page runs beside an app that nobody has checked, and the agent
 * sends what a user's disk holds; so every field is checked, and texts are cut to size.
 */
import { LIMITS } from "../contract.gen.ts";
import { utf8 } from "../encoding.ts";
import { isSafePath } from "../preview/paths.ts";
import type { ConsoleEntry, ConsoleLevel, FromViewer, Save, SavedFile } from "./messages.ts";

const NAME_MAX = 60;
const TEXT_MAX = 4_000;
const ENTRIES_MAX = 50;
const FILES_MAX = 200;
const LEVELS: readonly unknown[] = ["log", "info", "warn", "error", "debug"] satisfies ConsoleLevel[];

export function readViewerMessage(text: string): FromViewer | null {
  const { type, name, version, seq, entries, dropped } = parse(text);
  if (type === "hello") return { type, name: lineOf(name), version: countOf(version), seq: countOf(seq) };
  if (type !== "console" || !Array.isArray(entries)) return null;
  const shown = entries.slice(0, ENTRIES_MAX).map(readEntry);
  return { type, entries: shown, dropped: countOf(dropped) + entries.length - shown.length };
}

/** Give a save if all its files may be part of a manifest, else null. */
export function readSave(text: string): Save | null {
  const { type, id, version, files } = parse(text);
  if (type !== "save" || !Array.isArray(files) || files.length > FILES_MAX) return null;
  const read = files.map(readFile);
  if (!read.every((file) => file !== null)) return null;
  return { type, id: countOf(id), version: countOf(version), files: read };
}

function readFile(value: unknown): SavedFile | null {
  const { path, content } = fieldsOf(value);
  if (typeof path !== "string" || typeof content !== "string") return null;
  const isAllowed = isSafePath(path) && utf8(path).length <= LIMITS.PATH_BYTES;
  return isAllowed && content.length <= LIMITS.SOURCE_TEXT_BYTES ? { path, content } : null;
}

function readEntry(value: unknown): ConsoleEntry {
  const { level, text, is_error: isError, file, line, column } = fieldsOf(value);
  const place = typeof file === "string" && isSafePath(file) ? file : null;
  return {
    level: LEVELS.includes(level) ? (level as ConsoleLevel) : "log",
    text: typeof text === "string" ? text.slice(0, TEXT_MAX) : "",
    is_error: isError === true,
    file: place,
    line: place === null || line === null ? null : countOf(line),
    column: place === null || column === null ? null : countOf(column),
  };
}

/** One line, without what could move a terminal's cursor. */
function lineOf(value: unknown): string {
  const text = typeof value === "string" ? value.replace(/[\p{C}\s]+/gu, " ").trim() : "";
  return text.slice(0, NAME_MAX) || "Browser";
}

function countOf(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
