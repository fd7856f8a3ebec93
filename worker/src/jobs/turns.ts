/**
 * Whose turn it is in this isolate: one build at a time, so that its memory holds one project, and the highest
 * tier first. Nobody waits for ever: after a while a build goes before every newcomer, and one that was cut off
 * gives way.
 *
 * A waiting build looks by a timer of its own: what could wake it would belong to a request that may have ended,
 * and workerd does not continue one request from another's remains.
 */
import type { Tier } from "../contract.gen.ts";

const RANK: Readonly<Record<Tier, number>> = { free: 0, pro: 1, premium: 2 };

export interface Pace {
  /** For how long a turn is kept free for the next job of a higher tier: about what a queue needs to bring it. */
  readonly graceMs: number;
  /** After that long a build goes before all that have waited less. */
  readonly patienceMs: number;
  /** Longer than any build takes: its invocation was cut off. */
  readonly holdMaxMs: number;
}

const PACE: Pace = { graceMs: 250, patienceMs: 20_000, holdMaxMs: 60_000 };

const LOOK_MS = 10;

interface Place {
  readonly rank: number;
  readonly since: number;
}

export class Turns {
  readonly #waiting = new Set<Place>();
  #held: Place | null = null;
  #before: { readonly rank: number; readonly until: number } = { rank: 0, until: 0 };

  constructor(private readonly pace: Pace = PACE) {}

  /** Do the work when it is its turn. */
  async take<Result>(tier: Tier, work: () => Promise<Result>): Promise<Result> {
    const turn = await this.#enter({ rank: RANK[tier], since: Date.now() });
    try {
      return await work();
    } finally {
      this.#leave(turn);
    }
  }

  async #enter(place: Place): Promise<Place> {
    this.#waiting.add(place);
    try {
      while (!this.#isNext(place)) await aMoment();
      this.#held = { rank: place.rank, since: Date.now() };
      return this.#held;
    } finally {
      this.#waiting.delete(place);
    }
  }

  #leave(turn: Place): void {
    if (this.#held !== turn) return;
    this.#held = null;
    this.#before = { rank: turn.rank, until: Date.now() + this.pace.graceMs };
  }

  #isNext(place: Place): boolean {
    const now = Date.now();
    if (this.#held !== null && now - this.#held.since < this.pace.holdMaxMs) return false;
    const rank = this.#rankOf(place, now);
    if (rank < this.#before.rank && now < this.#before.until) return false;
    return ![...this.#waiting].some((other) => {
      const theirs = this.#rankOf(other, now);
      return other !== place && (theirs > rank || (theirs === rank && other.since < place.since));
    });
  }

  #rankOf({ rank, since }: Place, now: number): number {
    return now - since > this.pace.patienceMs ? Infinity : rank;
  }
}

async function aMoment(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

/** The isolate has one, like the bundler. */
export const turns = new Turns();
