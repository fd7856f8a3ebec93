import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerSentReader, type ServerSent } from "../src/client/server_sent.ts";

function read(text: string, sizes: number): ServerSent[] {
  const reader = new ServerSentReader();
  const bytes = new TextEncoder().encode(text);
  const events: ServerSent[] = [];
  for (let start = 0; start < bytes.length; start += sizes) {
    events.push(...reader.feed(bytes.subarray(start, start + sizes)));
  }
  return events;
}

const STREAM =
  ': hello\r\nid: 1\r\nevent: a.b\r\ndata: {"x":\r\ndata: "ü→"}\r\n\r\nid:2\n\ndata: last\n\ndata: never ended\n';
const EVENTS = [
  { id: "1", type: "a.b", data: '{"x":\n"ü→"}' },
  { id: "2", type: "message", data: "last" },
];

for (const size of [1, 2, 3, 7, 1000]) {
  test(`events are the same in pieces of ${String(size)} bytes`, () => {
    assert.deepEqual(read(STREAM, size), EVENTS);
  });
}

test("an event of ten megabytes takes less than two seconds", () => {
  const began = performance.now();
  const [event] = read(`data: ${"x".repeat(10_000_000)}\n\n`, 65_536);
  assert.equal(event?.data.length, 10_000_000);
  assert.ok(performance.now() - began < 2000);
});

test("an event without an end is given up", () => {
  assert.throws(() => read(`data: ${"x".repeat(40_000_000)}`, 1_000_000), /far too long/u);
});
