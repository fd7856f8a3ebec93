/**
 * A backend on a real socket for one test, and a client of it on a machine without an agent: with an API key, or with
 * what is kept in the editor's secret storage.
 */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Client } from "../src/client/client.ts";

export async function withBackend(
  answer: RequestListener,
  run: (client: Client) => Promise<void>,
  kept?: Map<string, string>,
): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const environment = {
    HIVESYNC_SERVER_URL: `http://127.0.0.1:${port}`,
    ...(kept ? {} : { HIVESYNC_TOKEN: "hs_key" }),
  };
  const client = new Client({
    // A machine whose search path is empty, so that no command is found on it.
    machine: { environment, home: "/nonexistent", platform: "win32" },
    clientName: "test",
    secrets: {
      get: (key) => Promise.resolve(kept?.get(key)),
      set: (key, value) => Promise.resolve(void kept?.set(key, value)),
      delete: (key) => Promise.resolve(void kept?.delete(key)),
    },
  });
  try {
    await run(client);
  } finally {
    client.close();
    server.closeAllConnections();
    server.close();
  }
}
