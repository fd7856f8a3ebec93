/**
 * The engine without a model: structure, documentation that is there already, dependencies, forks in the code
 * and notes for later, read from the source itself. It explains nothing that the source does not say.
 */
import type { AiDocsResult } from "../../contract.gen.ts";
import { baseName } from "../../preview/paths.ts";
import type { Engine } from "../engine.ts";
import type { Subject } from "../subject.ts";
import { plainProse } from "../text.ts";
import { explained, nounOf } from "./explanation.ts";
import { PARTS_MAX, type Part } from "./reading.ts";
import { capital, code, counted, linesOf, listed } from "./words.ts";

const NOTE = "Read from the source itself, without an AI model.";
const CUT = `Only the first ${PARTS_MAX} parts are listed.`;
const SUMMARY_CHARACTERS = 2_000;
const CONCEPT_CHARACTERS = 400;

export const outline: Engine = {
  document(subject) {
    return Promise.resolve(outlineOf(subject));
  },
};

export function outlineOf(subject: Subject): AiDocsResult {
  const parts = subject.reading.parts.filter((part) => subject.covers(part.lineStart, part.lineEnd));
  return {
    summary: plainProse(summaryOf(subject, parts), SUMMARY_CHARACTERS),
    key_concepts: conceptsOf(subject, parts).map((concept) => plainProse(concept, CONCEPT_CHARACTERS)),
    explanations: parts.map(explained),
    engine: "outline",
    suggested_diff: null,
    notes: subject.reading.parts.length < PARTS_MAX ? [NOTE] : [NOTE, CUT],
  };
}

function summaryOf({ selection, reading, lines, path }: Subject, parts: readonly Part[]): string {
  const file = `${code(baseName(path))}: ${counted(lines.length, "line")} of ${reading.language || "text"}`;
  const content = inventory(parts);
  if (selection) {
    const selected = linesOf({ lineStart: selection.line_start, lineEnd: selection.line_end });
    return `${capital(selected)} of ${file}. ${content === "" ? "No named part is in them." : `In them: ${content}.`}`;
  }
  const doc = reading.doc === "" ? "" : `${reading.doc}\n\n`;
  return `${doc}${file}${content === "" ? "" : `, with ${content}`}.`;
}

function inventory(parts: readonly Part[]): string {
  const counts = new Map<string, number>();
  for (const part of parts) counts.set(nounOf(part), (counts.get(nounOf(part)) ?? 0) + 1);
  return listed([...counts].map(([noun, count]) => counted(count, noun)));
}

function conceptsOf({ reading, neighbours, covers, selection }: Subject, parts: readonly Part[]): string[] {
  const exported = parts.filter((part) => part.exported).map(({ name }) => name);
  const users = neighbours.filter(({ relation }) => relation === "imported_by").map(({ path }) => path);
  const markers = reading.markers.filter(({ line }) => covers(line, line));
  return [
    ...named("Exports", exported),
    ...(selection ? [] : named("Uses", reading.imports)),
    ...(selection ? [] : named("Used by", users)),
    ...mostBranches(parts),
    ...markers.map(({ line, text }) => `Line ${line}: ${text}`),
  ];
}

function named(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${title} ${listed(names.map(code))}`];
}

function mostBranches(parts: readonly Part[]): string[] {
  const most = parts.filter(({ kind }) => kind !== "class").toSorted((a, b) => b.branches - a.branches)[0];
  if (!most || most.branches === 0) return [];
  return [`Most branches: ${code(most.name)} (${linesOf(most)}), ${counted(most.branches, "branch")}`];
}
