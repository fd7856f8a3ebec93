/** How much a model may read, write and think about one file, by tier. */
import type { Tier } from "../contract.gen.ts";

export interface ModelLimits {
  /** One question to the model; it is asked again once. */
  readonly attemptSeconds: number;
  /** Before it is asked again, where its server does not say how long. */
  readonly pauseSeconds: number;
  /** The whole job. The backend gives a job up after 240 s, and knows then less about why. */
  readonly jobSeconds: number;
  /** Of the file; what is beyond is left out, and said to be. Four characters are about one token. */
  readonly sourceCharacters: number;
  /** Of all files around it together. */
  readonly surroundingsCharacters: number;
  readonly outputTokens: number;
}

export const LIMITS_OF: Readonly<Record<Tier, ModelLimits>> = {
  free: {
    attemptSeconds: 45,
    pauseSeconds: 1,
    jobSeconds: 120,
    sourceCharacters: 50_000,
    surroundingsCharacters: 8_000,
    outputTokens: 2_000,
  },
  pro: {
    attemptSeconds: 60,
    pauseSeconds: 1,
    jobSeconds: 160,
    sourceCharacters: 120_000,
    surroundingsCharacters: 16_000,
    outputTokens: 4_000,
  },
  premium: {
    attemptSeconds: 75,
    pauseSeconds: 1,
    jobSeconds: 200,
    sourceCharacters: 240_000,
    surroundingsCharacters: 32_000,
    outputTokens: 8_000,
  },
};
