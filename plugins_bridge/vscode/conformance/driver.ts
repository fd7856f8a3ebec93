/**
 * The extension's own client under the conformance runner: reads calls as lines of JSON from
 * HIVESYNC_CONFORMANCE_ADDRESS and answers them. Adds no behaviour.
 */
import { connect } from "node:net";
import { homedir } from "node:os";
import { createInterface } from "node:readline";
import { Client } from "../src/client/client.ts";
import { asHiveSyncError } from "../src/client/errors.ts";
import { isObject, parseJson } from "../src/client/json.ts";
import type { Secrets } from "../src/client/own_session.ts";
import { CLIENT_NAME } from "../src/version.ts";

const [host, port] = (process.env["HIVESYNC_CONFORMANCE_ADDRESS"] ?? "").split(":");
const nothing: Secrets = {
  get: () => Promise.resolve(undefined),
  set: () => Promise.resolve(),
  delete: () => Promise.resolve(),
};
const machine = { platform: process.platform, home: homedir(), environment: process.env };
const client = new Client({ machine, clientName: CLIENT_NAME, secrets: nothing });
const socket = connect({ host: host ?? "127.0.0.1", port: Number(port) });

function say(message: object): void {
  socket.write(`${JSON.stringify(message)}\n`);
}

async function call(method: string, path: string, body: unknown): Promise<object> {
  try {
    const answer = await client.answer(method, path, { body });
    return { status: answer.status, body: bodyOf(answer.body) };
  } catch (error) {
    const { code, message } = asHiveSyncError(error);
    return { error: { code, message } };
  }
}

function bodyOf(bytes: Buffer): unknown {
  return bytes.length === 0 ? null : (parseJson(bytes.toString("utf8")) ?? bytes.toString("utf8"));
}

function listen(): object {
  const stream = client.listen({
    onEvent: (event) => {
      say({ event });
    },
    onOpen: () => undefined,
    onLost: () => undefined,
  });
  void stream.run();
  return { ok: true };
}

async function answerTo(request: Record<string, unknown>): Promise<object> {
  switch (request["do"]) {
    case "call":
      return call(String(request["method"]), String(request["path"]), request["body"]);
    case "events":
      return listen();
    case "mode":
      return client.mode();
    default:
      return { ok: true };
  }
}

createInterface({ input: socket }).on("line", (line) => {
  const request = parseJson(line);
  if (!isObject(request)) {
    return;
  }
  void answerTo(request).then((answer) => {
    say({ id: request["id"], ...answer });
    if (request["do"] === "stop") {
      socket.end(() => process.exit(0));
    }
  });
});
socket.on("close", () => process.exit(0));
