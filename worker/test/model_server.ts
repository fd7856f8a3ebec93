/**
 * A server that speaks OpenAI's `POST /v1/chat/completions` on a real socket and answers as a test scripts it.
 * It knows nothing: `PUT /scripts/{model}` says what a model answers, `GET /asked/{model}` what it was asked.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";

/** One answer. `content` is what the model says; without `status` it is a 200. */
export interface ScriptedReply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly content?: string | null;
  readonly refusal?: string;
  readonly finish_reason?: string;
  /** Sent as it is, in place of a completion. */
  readonly body?: string;
  /** Take the request and never answer. */
  readonly hangs?: boolean;
  /** Refuse a request that names a response format, as older servers do. */
  readonly withoutFormat?: boolean;
}

export interface Asked {
  readonly authorization: string | null;
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly response_format?: { readonly type: string };
    readonly max_tokens?: number;
  };
}

declare module "vitest" {
  export interface ProvidedContext {
    modelServer: string;
  }
}

const scripts = new Map<string, ScriptedReply[]>();
const asked = new Map<string, Asked[]>();

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("modelServer", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, room = "", model = ""] = (request.url ?? "").split("/");
  const text = await bodyOf(request);
  if (room === "scripts") {
    scripts.set(model, JSON.parse(text) as ScriptedReply[]);
    response.end();
  } else if (room === "asked") {
    response.end(JSON.stringify(asked.get(model) ?? []));
  } else if (request.url === "/v1/chat/completions") {
    complete(JSON.parse(text) as Asked["body"], request.headers.authorization ?? null, response);
  } else {
    response.writeHead(404).end();
  }
}

function complete(body: Asked["body"], authorization: string | null, response: ServerResponse): void {
  asked.set(body.model, [...(asked.get(body.model) ?? []), { authorization, body }]);
  const script = scripts.get(body.model) ?? [];
  const reply = script[0] ?? { status: 404 };
  if (reply.hangs) return;
  if (reply.withoutFormat && body.response_format) {
    response.writeHead(400).end("response_format is not supported");
    return;
  }
  if (script.length > 1) script.shift();
  response.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers });
  response.end(reply.body ?? completion(reply));
}

function completion({ content = null, refusal, finish_reason = "stop" }: ScriptedReply): string {
  const message = { role: "assistant", content, ...(refusal === undefined ? {} : { refusal }) };
  return JSON.stringify({ choices: [{ index: 0, message, finish_reason }] });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
