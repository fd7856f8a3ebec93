/** Tells the room what the app writes and where it breaks. A loop that writes is told by its first lines and a number. */
import type { ConsoleEntry, FromViewer } from "../../src/room/messages.ts";
import type { FromFrame, RuntimeError } from "../messages.ts";
import { locate, type Maps } from "./trace.ts";

const GATHER_MS = 100;
const ENTRIES_A_SECOND = 20;

type Console = Extract<FromFrame, { type: "console" }>;

export class Reporter {
  #entries: Promise<ConsoleEntry>[] = [];
  #dropped = 0;
  #second = 0;
  #inSecond = 0;
  #timer: number | null = null;

  constructor(private readonly send: (message: FromViewer) => void) {}

  console({ level, text, stack }: Console, maps: Maps): void {
    this.#add({ message: text, stack }, { level, is_error: false }, maps);
  }

  error(error: RuntimeError, maps: Maps): void {
    this.#add(error, { level: "error", is_error: true }, maps);
  }

  #add(what: RuntimeError, kind: Pick<ConsoleEntry, "level" | "is_error">, maps: Maps): void {
    this.#timer ??= setTimeout(() => void this.#flush(), GATHER_MS);
    const now = Math.floor(Date.now() / 1000);
    if (now !== this.#second) [this.#second, this.#inSecond] = [now, 0];
    this.#inSecond += 1;
    if (this.#inSecond > ENTRIES_A_SECOND) this.#dropped += 1;
    else this.#entries.push(entryOf(what, kind, maps));
  }

  async #flush(): Promise<void> {
    const [entries, dropped] = [this.#entries, this.#dropped];
    [this.#entries, this.#dropped, this.#timer] = [[], 0, null];
    this.send({ type: "console", entries: await Promise.all(entries), dropped });
  }
}

async function entryOf(
  what: RuntimeError,
  kind: Pick<ConsoleEntry, "level" | "is_error">,
  maps: Maps,
): Promise<ConsoleEntry> {
  // Without its map a line is still worth telling.
  const { message, file, line, column } = await locate(what, maps).catch(() => ({
    message: what.message,
    file: null,
    line: null,
    column: null,
  }));
  return { ...kind, text: message, file: file ?? null, line: line ?? null, column: column ?? null };
}
