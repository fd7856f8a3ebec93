/**
 * The room of one preview: phones and the agent meet here. A save comes in as the text of a file and leaves as a
 * module. It sleeps between messages: what it must remember is in its storage and in its sockets' attachments.
 */
import { DurableObject } from "cloudflare:workers";
import { LIMITS, type PreviewClaims } from "../contract.gen.ts";
import type { Bindings } from "../env.ts";
import { logLine } from "../log.ts";
import type { CurrentAnswer } from "../preview/artifact.ts";
import { look } from "../preview/viewer/progress.ts";
import { CLAIMS_HEADER } from "./endpoint.ts";
import { Budget } from "./budget.ts";
import { readSave, readViewerMessage } from "./incoming.ts";
import { crowded, Members, send } from "./members.ts";
import {
  CLOSE_CROWDED,
  CLOSE_FINAL,
  PING,
  PONG,
  type FromViewer,
  type Heard,
  type Point,
  type ToPublisher,
  type ToViewer,
} from "./messages.ts";
import { Saves } from "./saves.ts";
import { RoomStore } from "./store.ts";

const NOTHING_SEEN: Point = { version: 0, seq: 0 };

export class PreviewRoom extends DurableObject<Bindings> {
  readonly #members: Members;
  readonly #store: RoomStore;
  readonly #saves: Saves;
  readonly #budget = new Budget();

  constructor(context: DurableObjectState, bindings: Bindings) {
    super(context, bindings);
    this.#members = new Members(context);
    this.#store = new RoomStore(context.storage);
    this.#saves = new Saves(bindings.R2, this.#store);
    context.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  /** Let somebody in whose token was checked. */
  override async fetch(request: Request): Promise<Response> {
    const claims = JSON.parse(request.headers.get(CLAIMS_HEADER) ?? "") as PreviewClaims;
    const { 0: client, 1: server } = new WebSocketPair();
    if (claims.use === "publish") {
      this.#members.addPublisher(server);
    } else if (this.#members.admits(claims)) {
      this.#members.addViewer(server, claims);
    } else {
      refuse(server, claims);
      return new Response(null, { status: 101, webSocket: client });
    }
    this.#store.note({ previewId: claims.preview_id, projectId: claims.project_id });
    await this.ctx.storage.setAlarm(claims.expires_at * 1000);
    if (claims.use === "publish") this.#welcomePublisher();
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Say whether a phone without a socket may look, too. */
  admits(claims: PreviewClaims): boolean {
    return this.#members.admits(claims);
  }

  /** Give what it has missed; null as long as nobody with a socket was here. */
  hear(seen: Point): Heard | null {
    const { version, saves } = this.#store.facts;
    return version === 0 ? null : { changes: this.#saves.changesAfter(seen), saves };
  }

  /** A build has begun, or has ended, well or not: everybody hears what is newest now. */
  async buildMoved(previewId: string, projectId: string): Promise<void> {
    this.#store.note({ previewId, projectId });
    if ((await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Date.now() + LIMITS.PREVIEW_LIFETIME_SECONDS * 1000);
    }
    const current = await this.#current();
    this.#members.tellViewers({
      type: "state",
      current,
      changes: this.#saves.changesAfter(NOTHING_SEEN),
    } satisfies ToViewer);
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    if (typeof message !== "string") return;
    if (this.#members.isPublisher(socket)) await this.#save(socket, message);
    else await this.#hear(socket, message);
  }

  override webSocketClose(socket: WebSocket): void {
    // The runtime does not answer a goodbye for a room that could have slept; the other side would wait for it.
    socket.close();
    if (!this.#members.isPublisher(socket)) this.#tellDevices();
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket);
  }

  /** The preview has expired: its source goes, and nobody stays. */
  override async alarm(): Promise<void> {
    this.#members.dismiss(CLOSE_FINAL, "expired");
    await this.ctx.storage.deleteAll();
  }

  #welcomePublisher(): void {
    this.#tellDevices();
    // The first save shall find everything loaded.
    this.ctx.waitUntil(this.#current().then(() => this.#saves.warm()));
  }

  async #hear(socket: WebSocket, text: string): Promise<void> {
    if (!this.#budget.allows(socket, text.length)) return;
    const message = readViewerMessage(text);
    if (message?.type === "hello") await this.#greet(socket, message);
    const device = this.#members.deviceOf(socket);
    if (message?.type !== "console" || !device) return;
    const { entries, dropped } = message;
    this.#members.tellPublisher({ type: "console", device, entries, dropped } satisfies ToPublisher);
  }

  async #greet(socket: WebSocket, { name, ...seen }: Extract<FromViewer, { type: "hello" }>): Promise<void> {
    const current = await this.#current();
    // From here on without a pause: no change may fall between what is sent and what comes by itself.
    this.#members.welcome(socket, name);
    const changes = this.#saves.changesAfter(seen);
    send(socket, JSON.stringify({ type: "state", current, changes } satisfies ToViewer));
    this.#tellDevices();
  }

  async #save(socket: WebSocket, text: string): Promise<void> {
    const save = readSave(text);
    if (!save) {
      socket.close(1008, "not a save");
      return;
    }
    const outcome = await this.#saves.take(save);
    if (outcome.changes)
      this.#members.tellViewers({ type: "changes", ...outcome.changes } satisfies ToViewer);
    send(socket, JSON.stringify(outcome.answer));
  }

  /** Give what is newest, and begin its version if that is new here. */
  async #current(): Promise<CurrentAnswer> {
    const { previewId, version } = this.#store.facts;
    const current = await look(this.env.R2, previewId);
    const ready = "ready_version" in current ? (current.ready_version ?? 0) : 0;
    if (ready > version) this.#saves.begin(ready);
    return current;
  }

  #tellDevices(): void {
    this.#members.tellPublisher({ type: "devices", devices: this.#members.devices() } satisfies ToPublisher);
  }
}

/** A browser can't read why a handshake failed, so the socket is opened, told, and closed for good. */
function refuse(socket: WebSocket, claims: PreviewClaims): void {
  const refusal: ToViewer = { type: "refused", code: "TIER_LIMIT", detail: crowded(claims) };
  socket.accept();
  socket.send(JSON.stringify(refusal));
  socket.close(CLOSE_CROWDED, "too many devices");
  logLine("info", "device refused", { devices: claims.devices ?? 1 });
}
