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

test("who signs out while the backend is away goes on with nothing that is left in memory", async () => {
  const tokens: (string | undefined)[] = [];
  const kept = new Map<string, string>();
  await withBackend(
    (request, response) => {
      tokens.push(request.headers.authorization);
      if (request.url === "/api/v1/auth/logout") {
        request.socket.destroy();
        return;
      }
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ access_token: "a-1", refresh_token: "r-2", expires_in: 900 }));
    },
    async (client) => {
      kept.set(`session ${client.serverUrl}`, "r-1");
      await client.get("/api/v1/auth/me");
      assert.equal(tokens.at(-1), "Bearer a-1");
      await assert.rejects(client.endOwnSession());
      assert.equal(kept.size, 0);
      await assert.rejects(client.get("/api/v1/auth/me"), { code: "AUTH_REQUIRED" });
      assert.equal(tokens.filter((token) => token === "Bearer a-1").length, 1);
    },
    kept,
  );
});
