/**
 * Decides for each call who answers it: the agent where it runs, else the backend.
 *
 * Nothing is done twice: a call that may have arrived is sent again only if it changes nothing or carries an
 * Idempotency-Key, which the backend remembers whichever way the call came. And nothing overtakes: while an agent
 * that has ended keeps a change, later ones of the same thing wait for the agent.
 */
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { AgentLink } from "./agent_link.ts";
import { isLocal, isReplayable, type Call } from "./call.ts";
import type { DirectLink } from "./direct_link.ts";
import {
  AgentAbsent,
  AgentUnfit,
  asHiveSyncError,
  Offline,
  type AgentReason,
  type HiveSyncError,
} from "./errors.ts";
import { retryAfterOf, type Answer } from "./exchange.ts";
import { waits } from "./waiting.ts";

export type Mode = "proxy" | "direct" | "none";

export interface ModeFound {
  mode: Mode;
  /** `AGENT_PROVEN`, or why there is no agent to use. */
  reason: AgentReason | "AGENT_PROVEN";
  /** The same for a person. */
  detail: string;
  /** Why the backend can't be asked either, for `none`. */
  problem?: HiveSyncError;
}

/** How long the backend may be busy with a request that lost its asker. */
const BUSY_MS = 15_000;
const BUSY_PAUSE_MS = 500;
/** A longer pause is the user's to know of. */
const PATIENCE_SECONDS = 5;
const ATTEMPTS = 3;

export class Router {
  readonly agent: AgentLink;
  readonly direct: DirectLink;
  readonly #operations: string;

  /** `operations`: the folder in which the agent keeps what it has not sent yet. */
  constructor(agent: AgentLink, direct: DirectLink, operations: string) {
    this.agent = agent;
    this.direct = direct;
    this.#operations = operations;
  }

  /** Send the call; where it is asked to come back soon, it does. Rejects with a `HiveSyncError`. */
  async request(call: Call, signal?: AbortSignal): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#once(call, signal);
      const pause = retryAfterOf(answer);
      const isBusy = answer.status === 429 || answer.status === 503;
      const comesBack = isBusy && pause !== undefined && pause <= PATIENCE_SECONDS && isReplayable(call);
      if (!comesBack || attempt === ATTEMPTS) {
        return answer;
      }
      await sleep(pause * 1000, undefined, signal ? { signal } : {});
    }
  }

  /** Open the agent's event stream, or the backend's where no agent runs. */
  async stream(
    calls: { proxy: Call; direct: Call },
    silenceMs: number,
    signal: AbortSignal,
  ): Promise<{ mode: Mode; response: IncomingMessage }> {
    try {
      return { mode: "proxy", response: await this.agent.stream(calls.proxy, silenceMs, signal) };
    } catch (error) {
      if (!(error instanceof AgentAbsent)) {
        throw error;
      }
      return { mode: "direct", response: await this.direct.stream(calls.direct, silenceMs, signal) };
    }
  }

  /** Tell who would answer now, and why. */
  async mode(): Promise<ModeFound> {
    try {
      const { version } = await this.agent.check();
      return { mode: "proxy", reason: "AGENT_PROVEN", detail: `Agent ${version}` };
    } catch (error) {
      if (error instanceof AgentAbsent) {
        return this.#modeWithout(error);
      }
      if (error instanceof AgentUnfit) {
        return { mode: "none", reason: error.reason, detail: error.message };
      }
      throw error;
    }
  }

  async #modeWithout({ reason, message }: AgentAbsent): Promise<ModeFound> {
    try {
      await this.direct.ready();
      return { mode: "direct", reason, detail: message };
    } catch (error) {
      const problem = asHiveSyncError(error);
      return { mode: "none", reason, detail: `${message} ${problem.message}`, problem };
    }
  }

  async #once(call: Call, signal?: AbortSignal): Promise<Answer> {
    try {
      return await this.agent.request(call, signal);
    } catch (error) {
      if (!(error instanceof AgentAbsent) || isLocal(call)) {
        throw error;
      }
      if (error.reason === "AGENT_ENDED" && !isReplayable(call)) {
        throw new Offline("The agent ended during the call; whether it was done is not known.");
      }
    }
    await this.#checkOrder(call);
    return this.#takeOver(call, signal);
  }

  /** Send what the agent may have sent before it ended: while the backend is busy with that, it answers 409. */
  async #takeOver(call: Call, signal?: AbortSignal): Promise<Answer> {
    const end = Date.now() + BUSY_MS;
    for (;;) {
      const answer = await this.direct.request(call, signal);
      const isBusy = answer.status === 409 && retryAfterOf(answer) !== undefined && isReplayable(call);
      if (!isBusy || Date.now() > end) {
        return answer;
      }
      await sleep(BUSY_PAUSE_MS, undefined, signal ? { signal } : {});
    }
  }

  async #checkOrder(call: Call): Promise<void> {
    if (call.method !== "GET" && (await waits(this.#operations, call))) {
      throw new Offline("An earlier change of this waits in the agent. Start the agent, then try again.");
    }
  }
}
