/** What a model is to us: messages go in, text comes out, and failures say whether they may pass. */

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface Question {
  readonly model: string;
  readonly messages: readonly Message[];
  /** JSON Schema of the answer, for servers that hold their models to one. */
  readonly schema: object;
  readonly outputTokens: number;
  readonly signal: AbortSignal;
}

export interface Reply {
  readonly text: string;
  /** It ends where the model reached its limit, and not where it was done. */
  readonly isCutOff: boolean;
}

export interface Chat {
  readonly engine: "workers-ai" | "openai-compatible";
  /** Ask once. Raises `ModelUnavailable` or `ModelRefused`. */
  ask(question: Question): Promise<Reply>;
}

/** The model did not answer; `reason` is for a person and holds nothing that the server said. */
export class ModelUnavailable extends Error {
  constructor(
    readonly reason: string,
    /** It may do so in a moment. */
    readonly isPassing: boolean,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(reason);
    this.name = "ModelUnavailable";
  }
}

/** The model answered that it would not. */
export class ModelRefused extends Error {}

/** Say why an HTTP status is no answer. The statuses of Workers AI's errors mean the same. */
export function unavailable(status: number, retryAfter: string | null = null): ModelUnavailable {
  const seconds = retryAfter !== null && /^\d{1,4}$/.test(retryAfter) ? Number(retryAfter) : null;
  const isPassing = status === 408 || status === 429 || status >= 500;
  return new ModelUnavailable(REASONS.get(status) ?? `its server answered ${status}`, isPassing, seconds);
}

export function timedOut(): ModelUnavailable {
  return new ModelUnavailable("it did not answer in time", true);
}

const REASONS: ReadonlyMap<number, string> = new Map([
  [400, "its server refused the request, perhaps because the file is too long for it"],
  [401, "its server does not accept OPENAI_API_KEY"],
  [403, "its server does not allow this account to use it"],
  [404, "its server does not have it, or OPENAI_BASE_URL is not its address"],
  [413, "the file is too long for it"],
  [429, "it is asked too often at the moment, or its allowance is used up"],
]);
