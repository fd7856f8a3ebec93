/**
 * A backend on a real socket, for tests inside workerd. It takes what is signed for it and remembers it:
 * `GET /received/{webhook-id}` gives that, and `PUT /answers/{webhook-id}` scripts the next statuses.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

declare module "vitest" {
  export interface ProvidedContext {
    backendServer: string;
  }
}

const received = new Map<string, Received[]>();
const answers = new Map<string, number[]>();

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("backendServer", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await new Response(request as unknown as BodyInit).text();
  const [, room = "", id = ""] = /^\/(received|answers)\/(.+)$/.exec(request.url ?? "") ?? [];
  if (room === "answers") {
    answers.set(id, JSON.parse(text) as number[]);
    response.writeHead(204).end();
  } else if (room === "received") {
    response.end(JSON.stringify(received.get(id) ?? []));
  } else {
    response.writeHead(take(request, text)).end();
  }
}

/** Remember one post and give the status to answer. */
function take(request: IncomingMessage, text: string): number {
  const headers = request.headers as Record<string, string>;
  const id = headers["webhook-id"] ?? "";
  const post = { path: request.url ?? "", headers, body: JSON.parse(text) as Received["body"] };
  // Heartbeats have ids of their own; they are found by their Worker.
  const name = id.startsWith("heartbeat.") ? "heartbeat" : id;
  received.set(name, [...(received.get(name) ?? []), post]);
  return answers.get(name)?.shift() ?? 200;
}
