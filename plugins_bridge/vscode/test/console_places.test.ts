import assert from "node:assert/strict";
import { test } from "node:test";
import { ConsolePlaces } from "../src/model/console_places.ts";

const PLACE = { path: "/home/mia/shop/src/main.tsx", line: 4, column: 9 };

test("a line leads to the place that was written at its end", () => {
  const places = new ConsolePlaces();
  const line = `[phone] opened${places.ending("src/main.tsx", PLACE)}`;
  assert.equal(line, "[phone] opened  src/main.tsx:4:9");
  assert.deepEqual(places.find(line), { place: PLACE, start: 16, end: line.length });
});

test("a name with blanks is one name", () => {
  const places = new ConsolePlaces();
  assert.equal(places.find(`x${places.ending("my app/main.tsx", PLACE)}`)?.place, PLACE);
});

test("what an app wrote itself leads nowhere", () => {
  const places = new ConsolePlaces();
  places.ending("src/main.tsx", PLACE);
  assert.equal(places.find("[phone] look at  /etc/passwd:1:1"), undefined);
  assert.equal(places.find("src/main.tsx:4:9"), undefined);
});

test("the oldest places are forgotten", () => {
  const places = new ConsolePlaces();
  const first = places.ending("first.ts", PLACE);
  for (let line = 1; line <= 2000; line += 1) {
    places.ending("other.ts", { ...PLACE, line });
  }
  assert.equal(places.find(first), undefined);
  assert.notEqual(places.find("  other.ts:1:9"), undefined);
});
