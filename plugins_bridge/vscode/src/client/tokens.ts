/**
 * Access tokens for Direct Mode: an API key, the machine's session by `hivesync token`, or a sign-in of our own
 * where that command is missing. Kept in memory only.
 */
import { CommandMissing, type HiveSyncCommand } from "./command.ts";
import type { TokenSource } from "./direct_link.ts";
import { HiveSyncError, SignedOut } from "./errors.ts";
import { isObject, parseJson } from "./json.ts";

interface Held {
  token: string;
  endsAt: number;
}

const MARGIN_MS = 30_000;
const COMMAND_MS = 20_000;
const NOT_SIGNED_IN = 3;

/** Our own sign-in, asked only where the command is missing. */
export interface OwnSession {
  /** Give a fresh access token and its seconds, or undefined if nobody signed in here. */
  renew(): Promise<{ token: string; seconds: number } | undefined>;
}

export interface TokenSettings {
  apiKey: string | undefined;
  command: HiveSyncCommand;
  own: OwnSession;
}

export class Tokens implements TokenSource {
  readonly #settings: TokenSettings;
  #held: Held | undefined;
  #renewing: Promise<Held> | undefined;

  constructor(settings: TokenSettings) {
    this.#settings = settings;
  }

  async get(refused?: string): Promise<string> {
    const { apiKey } = this.#settings;
    if (apiKey !== undefined) {
      return apiKey;
    }
    const held = this.#held;
    if (held && held.token !== refused && held.endsAt - MARGIN_MS > Date.now()) {
      return held.token;
    }
    // Calls that wait at the same time share one renewal.
    const renewing = (this.#renewing ??= this.#renew());
    try {
      const fresh = await renewing;
      // Else somebody has signed out meanwhile, and what comes late is not kept.
      if (this.#renewing === renewing) {
        this.#held = fresh;
      }
      return fresh.token;
    } finally {
      if (this.#renewing === renewing) {
        this.#renewing = undefined;
      }
    }
  }

  /** Drop what is held, after a sign-in or sign-out. */
  forget(): void {
    this.#held = undefined;
    this.#renewing = undefined;
  }

  async #renew(): Promise<Held> {
    try {
      return await this.#byCommand();
    } catch (error) {
      if (!(error instanceof CommandMissing)) {
        throw error;
      }
    }
    const own = await this.#settings.own.renew();
    if (own === undefined) {
      throw new SignedOut();
    }
    return held(own.token, own.seconds);
  }

  async #byCommand(): Promise<Held> {
    const printed = await this.#settings.command.run(["token", "--json"], COMMAND_MS);
    const answer = parseJson(printed.out);
    if (printed.code === NOT_SIGNED_IN) {
      throw new SignedOut();
    }
    if (printed.code === 0 && isObject(answer) && typeof answer["access_token"] === "string") {
      return held(answer["access_token"], Number(answer["expires_in"]) || 0);
    }
    throw new HiveSyncError("UPSTREAM_UNREACHABLE", reason(printed.error, answer));
  }
}

function held(token: string, seconds: number): Held {
  return { token, endsAt: Date.now() + seconds * 1000 };
}

function reason(printed: string, answer: unknown): string {
  const detail = isObject(answer) ? answer["detail"] : undefined;
  const said = typeof detail === "string" ? detail : (printed.trim().split("\n").at(-1) ?? "");
  return said || "`hivesync token` gave no token.";
}
