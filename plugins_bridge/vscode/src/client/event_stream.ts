/** Events that survive a lost connection, from the agent or without it. Gaps are never silent: they give a `reset`. */
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { newCall, type Call } from "./call.ts";
import { AgentAbsent, asHiveSyncError, type HiveSyncError } from "./errors.ts";
import { bodyOf, decoded } from "./exchange.ts";
import { parseJson } from "./json.ts";
import type { Mode, Router } from "./router.ts";
import { ServerSentReader } from "./server_sent.ts";

export interface HiveSyncEvent {
  id: string;
  type: string;
  data: unknown;
}

export interface Listener {
  onEvent(event: HiveSyncEvent): void;
  /** The stream is open, by this way. */
  onOpen(mode: Mode): void;
  /** It broke, or can't be opened; it is tried again by itself. */
  onLost(error: HiveSyncError): void;
}

/** Three missed keep-alive comments. */
const SILENCE_MS = 45_000;
const PAUSE_FIRST_MS = 200;
const PAUSE_LAST_MS = 10_000;
/** How often a client without an agent looks whether one has come. */
const LOOK_MS = 1000;

export class EventStream {
  readonly #router: Router;
  readonly #listener: Listener;
  readonly #stopped = new AbortController();
  #lastId = "";
  #mode: Mode | undefined;
  #pauseMs = PAUSE_FIRST_MS;

  constructor(router: Router, listener: Listener) {
    this.#router = router;
    this.#listener = listener;
  }

  /** Listen until `stop` is called. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#follow();
      } catch (error) {
        this.#tell(error);
      }
      await this.#backOff();
    }
  }

  stop(): void {
    this.#stopped.abort();
  }

  get #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  #tell(error: unknown): void {
    if (!this.#isStopped) {
      this.#listener.onLost(asHiveSyncError(error));
    }
  }

  async #follow(): Promise<void> {
    const connection = new AbortController();
    const signal = AbortSignal.any([connection.signal, this.#stopped.signal]);
    const before = await this.#router.agent.stamp();
    const calls = {
      proxy: this.#call("/v1/events", "proxy"),
      direct: this.#call("/api/v1/events", "direct"),
    };
    const { mode, response } = await this.#router.stream(calls, SILENCE_MS, signal);
    await refuseErrors(response);
    this.#take(mode);
    const watching = mode === "direct" ? this.#watchForAgent(connection, before) : undefined;
    try {
      await this.#read(response);
    } finally {
      connection.abort();
      await watching;
    }
  }

  /** Agent and backend number their events apart, so an id says nothing to the other one. */
  #call(path: string, mode: Mode): Call {
    const resumes = this.#lastId !== "" && this.#mode === mode;
    return newCall("GET", path, {
      headers: {
        Accept: "text/event-stream",
        "Cache-Control": "no-store",
        ...(resumes ? { "Last-Event-ID": this.#lastId } : {}),
      },
    });
  }

  #take(mode: Mode): void {
    const isGap = this.#mode !== undefined && this.#mode !== mode;
    if (this.#mode !== mode) {
      this.#lastId = "";
    }
    this.#mode = mode;
    this.#listener.onOpen(mode);
    if (isGap) {
      this.#listener.onEvent({ id: "", type: "reset", data: { at: new Date().toISOString() } });
    }
  }

  async #read(response: IncomingMessage): Promise<void> {
    const reader = new ServerSentReader();
    for await (const bytes of response as AsyncIterable<Buffer>) {
      for (const { id, type, data } of reader.feed(bytes)) {
        this.#lastId = id || this.#lastId;
        this.#pauseMs = PAUSE_FIRST_MS;
        const content = parseJson(data);
        if (content !== undefined) {
          this.#listener.onEvent({ id, type, data: content });
        }
      }
    }
  }

  /** End a direct stream when an agent has come. */
  async #watchForAgent(connection: AbortController, before: string | undefined): Promise<void> {
    while (!connection.signal.aborted && !this.#isStopped) {
      const stamp = await this.#router.agent.stamp();
      if (stamp !== undefined && stamp !== before && (await this.#agentAnswers())) {
        connection.abort();
        return;
      }
      await pause(LOOK_MS, AbortSignal.any([connection.signal, this.#stopped.signal]));
    }
  }

  async #agentAnswers(): Promise<boolean> {
    try {
      await this.#router.agent.check();
      return true;
    } catch (error) {
      return !(error instanceof AgentAbsent);
    }
  }

  async #backOff(): Promise<void> {
    await pause(this.#pauseMs * (0.75 + Math.random() / 2), this.#stopped.signal);
    this.#pauseMs = Math.min(this.#pauseMs * 2, PAUSE_LAST_MS);
  }
}

async function refuseErrors(response: IncomingMessage): Promise<void> {
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    decoded({ status, headers: response.headers, body: await bodyOf(response) });
    throw new Error(`The event stream answered with status ${String(status)}.`);
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  // Being woken early is no failure: whoever waits looks at the signal itself.
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
