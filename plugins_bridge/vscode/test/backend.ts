/** A backend on a real socket for one test, and a client of it on a machine without an agent. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Client } from "../src/client/client.ts";

export async function withBackend(
  answer: RequestListener,
  run: (client: Client) => Promise<void>,
): Promise<void> {
  const server = createServer(answer);
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
    await run(client);
  } finally {
    client.close();
    server.closeAllConnections();
    server.close();
  }
}
