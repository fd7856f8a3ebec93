/** Phones and agents that take part in the room of a small live preview. */
import { env, exports } from "cloudflare:workers";
import { expect } from "vitest";
import type { PreviewClaims } from "../../src/contract.gen.ts";
import type { FromViewer, Save, ToPublisher, ToViewer } from "../../src/room/messages.ts";
import type { PreviewRoom } from "../../src/room/room.ts";
import { showBuilt, store, type Stored } from "./projects.ts";
import { token } from "./visits.ts";

const FILES = {
  "package.json": "{}",
  "App.tsx": `import { word } from "./word";\nexport default () => word;`,
  "word.ts": `export const word = "one";`,
  "unused.ts": `export const nothing = 0;`,
  "logo.svg": "<svg/>",
  "node_modules/dates/package.json": `{ "main": "index.js", "sideEffects": false }`,
  "node_modules/dates/index.js": `export * from "./add.js";\nexport * from "./sub.js";`,
  "node_modules/dates/add.js": `export const add = 1;`,
};
/** Its file behind `sub` was not sent. */
const NARROWED = { "node_modules/dates/index.js": { add: { source: "./add.js", name: "add" } } };

/** A side of a room: what it hears is kept until it is asked for. */
export class Seat<Message extends { readonly type: string }> {
  readonly #heard: Message[] = [];
  #wake: () => void = () => undefined;
  readonly closed: Promise<number>;

  constructor(private readonly socket: WebSocket) {
    socket.accept();
    socket.addEventListener("message", ({ data }) => {
      this.#heard.push(JSON.parse(String(data)) as Message);
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ code }) => {
        resolve(code);
      });
    });
  }

  say(message: FromViewer | Save | object): void {
    this.socket.send(JSON.stringify(message));
  }

  async hear<Type extends Message["type"]>(type: Type): Promise<Extract<Message, { type: Type }>> {
    for (;;) {
      const at = this.#heard.findIndex((message) => message.type === type);
      if (at >= 0) return this.#heard.splice(at, 1)[0] as Extract<Message, { type: Type }>;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  leave(): void {
    this.socket.close();
  }
}

export async function newPreview(): Promise<Stored> {
  const stored = await store("react_native", "App.tsx", FILES);
  const live = { ...stored, manifest: { ...stored.manifest, live: true, narrowed: NARROWED } };
  await showBuilt(live);
  return live;
}

export async function knock(offered: string, preview: Stored): Promise<Response> {
  const headers = { upgrade: "websocket", "sec-websocket-protocol": offered };
  return exports.default.fetch(`https://worker.example/p/${preview.build.preview_id}/room`, { headers });
}

async function enter<Message extends { readonly type: string }>(
  claims: Partial<PreviewClaims>,
  preview: Stored,
): Promise<Seat<Message>> {
  const response = await knock(`hivesync.room.1, ${await token(preview.build, claims)}`, preview);
  expect(response.status).toBe(101);
  expect(response.headers.get("sec-websocket-protocol")).toBe("hivesync.room.1");
  if (!response.webSocket) throw new Error("no socket");
  return new Seat<Message>(response.webSocket);
}

export async function viewer(preview: Stored, claims: Partial<PreviewClaims> = {}): Promise<Seat<ToViewer>> {
  const device_id = crypto.randomUUID();
  return enter<ToViewer>({ use: "device", device_id, devices: 5, ...claims }, preview);
}

export async function publisher(preview: Stored): Promise<Seat<ToPublisher>> {
  return enter<ToPublisher>({ use: "publish", role: "publisher" }, preview);
}

export const HELLO: FromViewer = { type: "hello", name: "Phone", version: 0, seq: 0 };

export function save(path: string, content: string, changes: Partial<Save> = {}): Save {
  return { type: "save", id: 1, version: 1, files: [{ path, content }], ...changes };
}

export function room(preview: Stored): DurableObjectStub<PreviewRoom> {
  return env.ROOMS.get(env.ROOMS.idFromName(preview.build.preview_id));
}
