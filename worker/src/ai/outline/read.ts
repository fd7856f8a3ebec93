/** Chooses how a file is read. */
import { grammarOf } from "./grammars.ts";
import { readLines } from "./lines.ts";
import type { Reading } from "./reading.ts";
import { readTree } from "./tree.ts";

export function read(path: string, source: string): Reading {
  const grammar = grammarOf(path);
  return grammar === null ? readLines(path, source) : readTree(grammar, source);
}
