import assert from "node:assert/strict";
import { test } from "node:test";
import { ageOf } from "../src/model/age.ts";

const NOW = Date.parse("2026-11-28T12:00:00Z");

test("an age is as short as it can be", () => {
  const ages = [
    "2026-11-28T12:00:09Z",
    "2026-11-28T11:58:30Z",
    "2026-11-28T09:59:00Z",
    "2026-11-25T12:00:00Z",
  ];
  assert.deepEqual(
    ages.map((time) => ageOf(time, NOW)),
    ["now", "1 min ago", "2 h ago", "3 d ago"],
  );
});

test("after a week the date says more", () => {
  assert.match(ageOf("2026-11-02T12:00:00Z", NOW), /2026/u);
});
