/** The way to the backend: one signed POST. Follows no redirect, since what it carries proves who we are. */
import { HEADERS } from "./contract.gen.ts";
import { utf8 } from "./encoding.ts";
import type { Settings } from "./env.ts";
import { sign } from "./signing.ts";
import { childOf, TRACEPARENT } from "./trace.ts";

const ANSWER_DEADLINE_MS = 10_000;

/** The backend did not take what it was sent. `isPassing`: later it may. */
export class BackendRefused extends Error {
  constructor(
    message: string,
    readonly isPassing: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "BackendRefused";
  }
}

export interface SignedPost {
  readonly path: string;
  /** Standard Webhooks: the same for every try, so that the backend applies it once. */
  readonly id: string;
  readonly content: object;
  readonly traceparent?: string | null;
}

/** Send it once, or raise `BackendRefused`. */
export async function postSigned(settings: Settings, post: SignedPost): Promise<void> {
  const body = utf8(JSON.stringify(post.content));
  const timestamp = Math.floor(Date.now() / 1000);
  const secret = settings.sharedSecret.current;
  const response = await reach(settings.backendUrl + post.path, {
    method: "POST",
    body,
    redirect: "manual",
    signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
    headers: {
      "content-type": "application/json",
      authorization: secret,
      [HEADERS.WEBHOOK_ID]: post.id,
      [HEADERS.WEBHOOK_TIMESTAMP]: String(timestamp),
      [HEADERS.WEBHOOK_SIGNATURE]: await sign(secret, post.id, timestamp, body),
      ...(post.traceparent ? { [TRACEPARENT]: childOf(post.traceparent) } : {}),
    },
  });
  await response.body?.cancel();
  if (response.ok) return;
  throw new BackendRefused(`The backend answered ${response.status}.`, isPassing(response.status));
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw new BackendRefused("The backend could not be reached.", true, { cause: error });
  }
}

function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 409 || status === 429;
}
