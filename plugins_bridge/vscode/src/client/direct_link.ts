/** The way to the backend without an agent. A token goes to the one configured origin only. */
import type { IncomingMessage } from "node:http";
import { isReplayable, type Call } from "./call.ts";
import { HiveSyncError, Offline } from "./errors.ts";
import { bodyOf, ConnectionLost, send, type Answer } from "./exchange.ts";

/** Gives access tokens for one backend. */
export interface TokenSource {
  /** Give a token other than `refused`; reject with `SignedOut`. */
  get(refused?: string): Promise<string>;
}

const SILENCE_MS = 65_000;
const HEALTH = "/api/v1/health";

export class DirectLink {
  readonly origin: string;
  readonly #clientName: string;
  readonly #tokens: TokenSource;

  constructor(origin: string, clientName: string, tokens: TokenSource) {
    this.origin = origin;
    this.#clientName = clientName;
    this.#tokens = tokens;
  }

  /** Reject unless there is a token, with the reason. */
  async ready(): Promise<void> {
    await this.#tokens.get();
  }

  /** Send the call, and once more with another token if the first was refused; rejects with `Offline`. */
  async request(call: Call, signal?: AbortSignal): Promise<Answer> {
    const response = await this.#authorised(call, SILENCE_MS, signal);
    return whole(response);
  }

  /** Send a call that needs no token. */
  async requestPublic(call: Call, signal?: AbortSignal): Promise<Answer> {
    return whole(await this.#transmit(call, undefined, SILENCE_MS, signal));
  }

  /** Send the call and give its answer while it comes. */
  stream(call: Call, silenceMs: number, signal: AbortSignal): Promise<IncomingMessage> {
    return this.#authorised(call, silenceMs, signal);
  }

  async #authorised(call: Call, silenceMs: number, signal?: AbortSignal): Promise<IncomingMessage> {
    if (call.path === HEALTH) {
      return this.#transmit(call, undefined, silenceMs, signal);
    }
    const token = await this.#tokens.get();
    const response = await this.#transmit(call, token, silenceMs, signal);
    if (response.statusCode !== 401 || !isReplayable(call)) {
      return response;
    }
    const next = await this.#tokens.get(token);
    if (next === token) {
      return response;
    }
    response.destroy();
    return this.#transmit(call, next, silenceMs, signal);
  }

  async #transmit(
    call: Call,
    token: string | undefined,
    silenceMs: number,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    try {
      return await send({
        origin: this.origin,
        method: call.method,
        path: call.path,
        headers: {
          ...call.headers,
          "User-Agent": this.#clientName,
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        },
        body: call.body,
        silenceMs,
        isReplayable: isReplayable(call),
        signal,
      });
    } catch (error) {
      throw unreachable(error);
    }
  }
}

async function whole(response: IncomingMessage): Promise<Answer> {
  try {
    return { status: response.statusCode ?? 0, headers: response.headers, body: await bodyOf(response) };
  } catch (error) {
    throw unreachable(error);
  }
}

function unreachable(error: unknown): unknown {
  if (error instanceof HiveSyncError) {
    return error;
  }
  const why = error instanceof ConnectionLost ? error.message : String(error);
  return new Offline(`HiveSync's backend can't be reached: ${why}.`);
}
