/** Writes what a model is asked. The file's text is data between marks that it cannot know, and so cannot end. */
import type { Neighbour } from "../contract.gen.ts";
import type { Message } from "./chat.ts";
import type { ModelLimits } from "./limits.ts";
import { counted, linesOf } from "./outline/words.ts";
import neighbourText from "./prompts/neighbour.txt";
import repairText from "./prompts/repair.txt";
import requestText from "./prompts/request.txt";
import systemText from "./prompts/system.txt";
import type { Subject } from "./subject.ts";

export interface Prompt {
  readonly messages: readonly Message[];
  /** What the model was not given, for the reader; null when it has everything. */
  readonly omission: string | null;
}

interface Marks {
  readonly begin: string;
  readonly end: string;
}

const RELATIONS = { imports: "It imports this file", imported_by: "It is imported by this file" } as const;

export function promptFor(subject: Subject, limits: ModelLimits): Prompt {
  const nonce = crypto.randomUUID();
  const marks = { begin: `<<<FILE ${nonce}`, end: `FILE ${nonce}>>>` };
  const { first, last } = shownLines(subject, limits.sourceCharacters);
  const isWhole = first === 1 && last === subject.lines.length;
  const omission = isWhole
    ? null
    : `Only lines ${first}–${last} of ${subject.lines.length} were read by the model.`;
  const request = filled(requestText, {
    ...marks,
    path: subject.path,
    language: subject.reading.language || "text",
    lines: counted(subject.lines.length, "line"),
    selection: selectionOf(subject),
    omission: isWhole ? "" : ` You see only its lines ${first} to ${last}.`,
    source: numbered(subject.lines, first, last),
    surroundings: surroundingsOf(subject.neighbours, marks, limits.surroundingsCharacters),
  });
  const system = filled(systemText, { ...marks });
  return {
    messages: [
      { role: "system", content: system },
      { role: "user", content: request },
    ],
    omission,
  };
}

/** Give the conversation with the model's answer and what is wrong with it. */
export function repairOf(messages: readonly Message[], answer: string, violation: string): Message[] {
  const told = answer.slice(0, ANSWER_CHARACTERS);
  const repair = filled(repairText, { violation });
  return [...messages, { role: "assistant", content: told }, { role: "user", content: repair }];
}

const ANSWER_CHARACTERS = 16_000;

function selectionOf({ selection }: Subject): string {
  if (selection === null) return "";
  const lines = linesOf({ lineStart: selection.line_start, lineEnd: selection.line_end });
  return ` Document only its ${lines}; the rest is there to understand them.`;
}

/** Give the lines that fit: from the beginning, or around the middle of the selection. */
function shownLines({ lines, selection }: Subject, characters: number): { first: number; last: number } {
  const middle = selection ? Math.floor((selection.line_start + selection.line_end) / 2) : 1;
  let [first, last] = [Math.min(middle, lines.length), Math.min(middle, lines.length)];
  let left = characters - widthOf(lines, first);
  for (let grows = true; grows;) {
    const [above, below] = [widthOf(lines, first - 1), widthOf(lines, last + 1)];
    grows = false;
    if (last < lines.length && below <= left) [last, left, grows] = [last + 1, left - below, true];
    if (first > 1 && above <= left) [first, left, grows] = [first - 1, left - above, true];
  }
  return { first, last };
}

function widthOf(lines: readonly string[], line: number): number {
  return (lines[line - 1]?.length ?? 0) + 1;
}

function numbered(lines: readonly string[], first: number, last: number): string {
  const shown = lines.slice(first - 1, last);
  return shown.map((line, index) => `${first + index}| ${line}`).join("\n");
}

function surroundingsOf(neighbours: readonly Neighbour[], marks: Marks, characters: number): string {
  let left = characters;
  const texts = neighbours.map(({ path, relation, content }) => {
    const beginning = content.slice(0, Math.max(left, 0));
    left -= beginning.length;
    if (beginning === "") return "";
    return filled(neighbourText, { ...marks, path, relation: RELATIONS[relation], content: beginning });
  });
  return texts.join("");
}

/** Put values into a text, once: a value's own braces stay as they are. */
function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "").trimEnd();
}
