/** The preview's room: one socket on which all news come, and on which the phone reports. */
import {
  CLOSE_CROWDED,
  CLOSE_FINAL,
  PING,
  PONG,
  ROOM_PROTOCOL,
  type FromViewer,
  type Point,
  type ToViewer,
} from "../../src/room/messages.ts";
import { deviceName } from "./device.ts";

/** A phone's line may be dead without a word: then nothing answers. */
const PING_MS = 20_000;
/** How soon it is tried again to get into a room that was full. */
const CROWDED_MS = 5_000;

export class Room {
  #socket: WebSocket | null = null;

  constructor(
    private readonly previewId: string,
    private readonly receive: (message: ToViewer) => void,
  ) {}

  /**
   * Stay in the room until the connection ends. `at` is what the phone shows already. False if it could not get
   * in at all: some networks let no WebSocket through.
   */
  async stay(device: string, at: Point): Promise<boolean> {
    const socket = new WebSocket(address(this.previewId), [ROOM_PROTOCOL, device]);
    let wasOpen = false;
    socket.onopen = (): void => {
      wasOpen = true;
      this.#socket = socket;
      this.send({ type: "hello", name: deviceName(navigator), ...at });
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>): void => {
      if (typeof data === "string" && data !== PONG) this.receive(JSON.parse(data) as ToViewer);
    };
    const stopPinging = keepAlive(socket);
    const { code } = await new Promise<CloseEvent>((resolve) => {
      socket.onclose = resolve;
    });
    stopPinging();
    this.#socket = null;
    // Who was told to stay away does not come back by itself.
    if (code === CLOSE_FINAL) await new Promise(() => undefined);
    if (code === CLOSE_CROWDED) await new Promise((resolve) => setTimeout(resolve, CROWDED_MS));
    return wasOpen;
  }

  /** End the connection; who stays in the room comes back, and hears all that it has missed. */
  leave(): void {
    this.#socket?.close();
  }

  /** Tell the room something, if there is a connection; what it misses is not worth keeping. */
  send(message: FromViewer): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

function address(previewId: string): string {
  const url = new URL(`/p/${previewId}/room`, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

function keepAlive(socket: WebSocket): () => void {
  let isAnswered = true;
  const timer = setInterval(() => {
    if (!isAnswered) socket.close();
    else if (socket.readyState === WebSocket.OPEN) socket.send(PING);
    isAnswered = false;
  }, PING_MS);
  socket.addEventListener("message", () => {
    isAnswered = true;
  });
  return (): void => {
    clearInterval(timer);
  };
}
