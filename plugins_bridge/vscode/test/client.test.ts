import assert from "node:assert/strict";
import { test } from "node:test";
import { withBackend } from "./backend.ts";

test("a list that promises more for ever is ended", async () => {
  let asked = 0;
  await withBackend(
    (_request, response) => {
      asked += 1;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ items: [], next_cursor: "more" }));
    },
    async (client) => {
      assert.deepEqual(await client.list("/api/v1/projects"), []);
    },
  );
  assert.equal(asked, 1);
});
