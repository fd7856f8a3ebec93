/** What the page of a file's documentation shows: plain text, and never more than a page can hold. */
import { plainLine, plainText } from "../client/plain_text.ts";
import type { AiDocsResult } from "../contract.gen.ts";
import type { AiDocsView } from "../webview/messages.ts";

const ENTRIES_MAX = 500;
const TEXT_CHARACTERS = 20_000;
const LINE_CHARACTERS = 1000;

export function viewOf(file: string, result: AiDocsResult, hasChange: boolean): AiDocsView {
  const { summary, key_concepts: concepts, explanations, notes = [], engine, model, fallback } = result;
  const lost = explanations.length - ENTRIES_MAX;
  return {
    file: plainLine(file),
    summary: plainText(summary, TEXT_CHARACTERS),
    concepts: lines(concepts),
    explanations: explanations
      .slice(0, ENTRIES_MAX)
      .map(({ symbol, line_start: start, line_end: end, text }) => ({
        title: plainLine(`${symbol || "Lines"} ${String(start)}–${String(end)}`),
        line: start,
        text: plainText(text, TEXT_CHARACTERS),
      })),
    engine: plainLine(
      `Made by ${model ? `${engine}, ${model}` : engine}${fallback ? " (the usual model could not be had)" : ""}.`,
    ),
    notes: [
      ...lines(notes),
      ...(lost > 0 ? [`${String(lost)} more parts of the file are explained than can be shown.`] : []),
    ],
    hasChange,
  };
}

function lines(texts: readonly string[]): string[] {
  return texts.slice(0, ENTRIES_MAX).map((text) => plainLine(text, LINE_CHARACTERS));
}
