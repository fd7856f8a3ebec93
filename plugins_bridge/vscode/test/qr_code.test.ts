import assert from "node:assert/strict";
import { test } from "node:test";
import { qrCode } from "../src/model/qr_code.ts";

test("a phone link becomes a code whose path holds nothing but numbers and letters", () => {
  const { size, path } = qrCode(`http://127.0.0.1:8787/p/${"0".repeat(36)}#${"t".repeat(300)}`);
  assert.ok(size > 40);
  assert.match(path, /^(?:M\d+ \d+h1v1h-1z)+$/u);
});

test("the three corners hold finder patterns", () => {
  const { size, path } = qrCode("https://p.example/");
  for (const [x, y] of [
    [0, 0],
    [size - 7, 0],
    [0, size - 7],
  ]) {
    assert.ok(path.includes(`M${String(x)} ${String(y)}h1`));
  }
});
