import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Client } from "../src/client/client.ts";

test("a list that promises more for ever is ended", async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ items: [], next_cursor: "more" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const environment = { HIVESYNC_SERVER_URL: `http://127.0.0.1:${port}`, HIVESYNC_TOKEN: "hs_key" };
  const client = new Client({
    machine: { environment, home: "/nonexistent", platform: "linux" },
    clientName: "test",
    secrets: {
      get: () => Promise.resolve(undefined),
      set: () => Promise.resolve(),
      delete: () => Promise.resolve(),
    },
  });
  try {
    assert.deepEqual(await client.list("/api/v1/projects"), []);
    assert.equal(asked, 1);
  } finally {
    client.close();
    server.closeAllConnections();
    server.close();
  }
});
