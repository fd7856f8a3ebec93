import assert from "node:assert/strict";
import { test } from "node:test";
import { suggestedText } from "../src/model/suggestion.ts";

const DIFF = "--- a/x.ts\n+++ b/x.ts\n@@ -1,3 +1,4 @@\n one\n+/** two */\n two\n three\n";

test("a diff is applied to the text it was made for", () => {
  assert.equal(suggestedText("one\ntwo\nthree\n", DIFF), "one\n/** two */\ntwo\nthree\n");
});

test("lines added above do not matter", () => {
  assert.equal(suggestedText("zero\none\ntwo\nthree\n", DIFF), "zero\none\n/** two */\ntwo\nthree\n");
});

test("Windows' line ends are kept", () => {
  assert.equal(suggestedText("one\r\ntwo\r\nthree\r\n", DIFF), "one\r\n/** two */\r\ntwo\r\nthree\r\n");
});

for (const current of ["one\n2\nthree\n", "one\ntwo\n3\n", "one\ntwo\n"]) {
  test(`a text that has changed there is left alone: ${JSON.stringify(current)}`, () => {
    assert.equal(suggestedText(current, DIFF), undefined);
  });
}

for (const diff of ["nonsense\n", "@@ -1 +1 @@", `${DIFF}${DIFF}`]) {
  test(`${JSON.stringify(diff.slice(0, 12))} is no diff of one file`, () => {
    const changed = suggestedText("one\ntwo\nthree\n", diff);
    assert.ok(changed === undefined || changed === "one\ntwo\nthree\n");
  });
}

test("a long hunk that nearly fits everywhere is given up before the editor stands still", () => {
  const lines = 20_000;
  const almost = `@@ -1,${lines} +1,${lines} @@\n${" x\n".repeat(lines - 1)} y\n`;
  assert.equal(suggestedText("x\n".repeat(10 * lines), `--- a/x.ts\n+++ b/x.ts\n${almost}`), undefined);
});
