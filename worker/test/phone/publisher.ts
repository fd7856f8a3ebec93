/** The agent's side of a room, on a real socket. */
import type { Save, SavedFile, ToPublisher } from "../../src/room/messages.ts";
import type { Sent, Stack } from "./project.ts";
import { openToken } from "./stack.ts";

type Answer = Extract<ToPublisher, { id: number }>;

export class Publisher {
  readonly heard: ToPublisher[] = [];
  #next = 1;
  readonly #waiting = new Map<number, (answer: Answer) => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as ToPublisher;
      this.heard.push(message);
      if ("id" in message) this.#waiting.get(message.id)?.(message);
    });
  }

  static async join({ worker }: Stack, { previewId, projectId }: Sent): Promise<Publisher> {
    const token = openToken({
      preview_id: previewId,
      project_id: projectId,
      role: "publisher",
      use: "publish",
    });
    const url = `${worker.url.replace("http", "ws")}/p/${previewId}/room`;
    const socket = new WebSocket(url, ["hivesync.room.1", token]);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    return new Publisher(socket);
  }

  async save(files: readonly SavedFile[], version = 1): Promise<Answer> {
    const save: Save = { type: "save", id: this.#next++, version, files };
    const answer = new Promise<Answer>((resolve) => this.#waiting.set(save.id, resolve));
    this.socket.send(JSON.stringify(save));
    return answer;
  }

  leave(): void {
    this.socket.close();
  }
}
