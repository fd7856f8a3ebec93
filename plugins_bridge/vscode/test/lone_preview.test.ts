import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Client } from "../src/client/client.ts";
import { startLonePreview } from "../src/model/lone_preview.ts";

for (const { backend, sent } of [
  { backend: "http://127.0.0.1:4000", sent: ["# Hello"] },
  { backend: "https://api.example.com", sent: [] },
]) {
  test(`${backend} has ${String(sent.length)} files put on this machine`, async () => {
    const got: string[] = [];
    const store = createServer((request, response) => {
      assert.equal(request.headers.authorization, undefined);
      request.on("data", (part: Buffer) => got.push(part.toString()));
      request.on("end", () => response.end());
    });
    await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${String((store.address() as AddressInfo).port)}`;
    const created = { preview: { id: "v1" }, uploads: { packs: [{ url: `${origin}/put` }], files: [] } };
    const answers = {
      backend,
      get: () => Promise.resolve({ upload_origins: [origin] }),
      request: () => Promise.resolve(created),
    };
    const file = { projectId: "p1", name: "a.md", content: Buffer.from("# Hello"), platform: "ios" } as const;
    const made = startLonePreview(answers as unknown as Client, file, new AbortController().signal);
    try {
      if (sent.length > 0) {
        await made;
      } else {
        await assert.rejects(made, { code: "FORBIDDEN" });
      }
      assert.deepEqual(got, sent);
    } finally {
      store.closeAllConnections();
      store.close();
    }
  });
}
