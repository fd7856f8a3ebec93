/** Ties explanations to what is there: symbols of the file and lines that it has. */
import type { Explanation } from "../contract.gen.ts";
import type { Part } from "./outline/reading.ts";
import type { Subject } from "./subject.ts";
import { plainProse } from "./text.ts";

const EXPLANATIONS_MAX = 200;
const TEXT_CHARACTERS = 4_000;
const SYMBOL_CHARACTERS = 200;

/** Give the explanations that are about this file, in its order. */
export function anchored(subject: Subject, explanations: readonly Explanation[]): Explanation[] {
  return explanations
    .slice(0, EXPLANATIONS_MAX)
    .map((explanation) => placed(subject, explanation))
    .filter((explanation) => explanation !== null)
    .filter(({ line_start, line_end }) => subject.covers(line_start, line_end))
    .toSorted((a, b) => a.line_start - b.line_start || b.line_end - a.line_end);
}

/** Give the explanation where it belongs, or null if neither its name nor its lines are in the file. */
function placed(subject: Subject, explanation: Explanation): Explanation | null {
  const text = plainProse(explanation.text, TEXT_CHARACTERS);
  if (text === "") return null;
  const lines = linesIn(subject, explanation);
  const part = partNamed(subject.reading.parts, explanation.symbol, lines?.[0]);
  if (part) {
    const isRight = lines && lines[0] <= part.lineEnd && lines[1] >= part.lineStart;
    const [line_start, line_end] = isRight ? lines : [part.lineStart, part.lineEnd];
    return { symbol: explanation.symbol, line_start, line_end, text };
  }
  if (!lines) return null;
  return {
    symbol: nameIn(subject, explanation.symbol, lines),
    line_start: lines[0],
    line_end: lines[1],
    text,
  };
}

type LineRange = readonly [number, number];

/** Give the lines as far as the file has them, or null. */
function linesIn({ lines }: Subject, { line_start, line_end }: Explanation): LineRange | null {
  if (line_start > lines.length || line_end < 1 || line_end < line_start) return null;
  return [Math.max(line_start, 1), Math.min(line_end, lines.length)];
}

/** Give the part of that name, with or without what it lies in; of several the one nearest to the line. */
function partNamed(parts: readonly Part[], symbol: string, line = 1): Part | undefined {
  const names = (part: Part): string[] => [part.name, `${part.container}.${part.name}`];
  const distance = (part: Part): number => Math.abs(part.lineStart - line);
  return parts
    .filter((part) => names(part).includes(symbol.replace(/\(.*\)$/, "")))
    .toSorted((a, b) => distance(a) - distance(b))[0];
}

/** Give a name that stands in those lines, such as a local variable's; an invented one becomes none. */
function nameIn({ lines }: Subject, symbol: string, [first, last]: LineRange): string {
  const name = symbol.trim();
  if (name === "" || name.length > SYMBOL_CHARACTERS || !/^[\p{L}\p{N}_$.#-]+$/u.test(name)) return "";
  return lines.slice(first - 1, last).some((line) => line.includes(name)) ? name : "";
}
