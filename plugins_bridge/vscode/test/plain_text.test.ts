import assert from "node:assert/strict";
import { test } from "node:test";
import { labelLine, messageLine, plainLine, plainText } from "../src/client/plain_text.ts";

test("control characters and what turns the direction of text around are gone", () => {
  const hostile = "a\u0000b\u001b[31mc\u009b2Jd\u202ee\u2066f\u200fg\ufeffh\u007fi";
  assert.equal(plainText(hostile), "ab[31mc2Jdefghi");
});

test("lines and tabs stay in a text, and become spaces in a line", () => {
  assert.equal(plainText("a\r\nb\rc\td"), "a\nb\nc\td");
  assert.equal(plainLine(" a\r\n b\tc\u2028d "), "a b c d");
});

test("an endless text has an end", () => {
  assert.equal(plainLine("x".repeat(1000)).length, 302);
});

test("letters of every script stay", () => {
  assert.equal(plainLine("žluťoučký 日本語 עברית 🙂"), "žluťoučký 日本語 עברית 🙂");
});

test("neither a message nor a label makes a link of what others wrote, and a label no icon", () => {
  for (const line of [messageLine, labelLine]) {
    assert.equal(
      line("[press]\u200f(command:workbench.action.quit)"),
      "[press] (command:workbench.action.quit)",
    );
  }
  assert.equal(labelLine("$\u200e(bell) x"), "$ (bell) x");
});
