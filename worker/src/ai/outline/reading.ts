/** What can be read off a source file without understanding it: the same for every language. */
import type { SymbolKind } from "../../contract.gen.ts";

/** The contract's kinds, and what prose has. */
export type PartKind = SymbolKind | "section";

/** A named part. Lines count from 1; `branches` are the places where its code forks. */
export interface Part {
  readonly name: string;
  readonly kind: PartKind;
  /** What it lies in, such as its class; empty at the top. */
  readonly container: string;
  readonly lineStart: number;
  readonly lineEnd: number;
  /** Its head, in one line of code. */
  readonly signature: string;
  /** The first paragraph of its own documentation. */
  readonly doc: string;
  readonly exported: boolean;
  readonly branches: number;
  /** It gives JSX back. */
  readonly markup: boolean;
}

/** A note that somebody left for later, such as a TODO. */
export interface Marker {
  readonly line: number;
  readonly text: string;
}

export interface Reading {
  readonly language: string;
  readonly doc: string;
  readonly parts: readonly Part[];
  readonly imports: readonly string[];
  readonly markers: readonly Marker[];
}

/** More than anybody reads, and a bound for hostile files. */
export const PARTS_MAX = 300;
export const MARKERS_MAX = 50;
const SIGNATURE_CHARACTERS = 160;
const DOC_CHARACTERS = 400;
const MARKER = /\b(?:TODO|FIXME|HACK|XXX)\b.{0,200}/;

/** Gives the line, from 1, of a position in a text. */
export class Lines {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  at(position: number): number {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= position) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

/** Give the notes for later in a comment that begins in line `first`. */
export function markersIn(comment: string, first: number): Marker[] {
  return comment.split("\n").flatMap((line, index) => {
    const found = MARKER.exec(line.replace(/\*\/\s*$/, ""));
    return found ? [{ line: first + index, text: found[0].trim() }] : [];
  });
}

/** Give the first paragraph of a comment or docstring, without its signs and tags. */
export function paragraphOf(comment: string): string {
  const prose = comment
    .replace(/^[rRbBuU]?(?:"""|'''|"|')|(?:"""|'''|"|')$/g, "")
    .replace(/^\/\*+!?|\*+\/$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*(?:\/\/[/!]?|#+|\*+)?\s?/, "").trim());
  const lines = prose.filter((line) => !MARKER.test(line));
  const first = lines.findIndex((line) => line !== "");
  const rest = lines.slice(Math.max(first, 0));
  const end = rest.findIndex((line) => line === "" || line.startsWith("@"));
  return shortened(rest.slice(0, end < 0 ? undefined : end).join(" "), DOC_CHARACTERS);
}

/** Give code as one line of bounded length. */
export function signatureOf(code: string): string {
  return shortened(code.replace(/\s+/g, " ").trim(), SIGNATURE_CHARACTERS);
}

function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).trimEnd()}…`;
}
