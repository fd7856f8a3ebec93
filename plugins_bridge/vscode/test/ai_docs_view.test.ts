import assert from "node:assert/strict";
import { test } from "node:test";
import type { AiDocsResult } from "../src/contract.gen.ts";
import { viewOf } from "../src/model/ai_docs_view.ts";
import { withBackend } from "./backend.ts";

const SMALL: AiDocsResult = {
  summary: "It counts.",
  key_concepts: ["state"],
  explanations: [{ symbol: "", line_start: 3, line_end: 6, text: "A button." }],
  engine: "workers-ai",
};

test("a result is shown with what made it", () => {
  assert.deepEqual(viewOf("a.ts", { ...SMALL, model: "m", fallback: true, notes: ["No diff."] }, true), {
    file: "a.ts",
    summary: "It counts.",
    concepts: ["state"],
    explanations: [{ title: "Lines 3–6", line: 3, text: "A button." }],
    engine: "Made by workers-ai, m (the usual model could not be had).",
    notes: ["No diff."],
    hasChange: true,
  });
});

test("of a result of 10 MB a page gets what it can hold, and says so", async () => {
  const huge: AiDocsResult = {
    ...SMALL,
    summary: "s".repeat(1_000_000),
    key_concepts: Array<string>(10_000).fill("c".repeat(200)),
    explanations: Array.from({ length: 70_000 }, (_, line) => ({
      symbol: "f",
      line_start: line,
      line_end: line,
      text: "t".repeat(50),
    })),
  };
  const body = JSON.stringify(huge);
  assert.ok(body.length > 10_000_000);
  await withBackend(
    (_request, response) => response.setHeader("content-type", "application/json").end(body),
    async (client) => {
      const view = viewOf("a.ts", await client.get<AiDocsResult>("/api/v1/x"), false);
      assert.ok(JSON.stringify(view).length < 300_000);
      assert.deepEqual(view.notes, ["69500 more parts of the file are explained than can be shown."]);
    },
  );
});
