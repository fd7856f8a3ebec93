/** Reports a job's outcome to the backend, signed. Retries what may pass; never follows a redirect. */
import pRetry, { AbortError } from "p-retry";
import { HEADERS, type Callback } from "./contract.gen.ts";
import { utf8 } from "./encoding.ts";
import type { Settings } from "./env.ts";
import { sign } from "./signing.ts";

const ANSWER_DEADLINE_MS = 10_000;
/** Four tries within some seconds; after that the queue repeats the job, minutes apart. */
const RETRIES = { retries: 3, minTimeout: 250, factor: 3, randomize: true } as const;

/** The backend did not take the callback; the job must be tried again later. */
export class CallbackUndelivered extends Error {}

export async function deliverCallback(settings: Settings, callback: Callback): Promise<void> {
  const body = utf8(JSON.stringify(callback));
  // The id stays the same over all tries, so that the backend applies it once.
  const id = `${callback.job_id}.${callback.attempt}.done`;
  await pRetry(() => postOnce(settings, id, body), RETRIES);
}

async function postOnce(settings: Settings, id: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const timestamp = Math.floor(Date.now() / 1000);
  const secret = settings.sharedSecret.current;
  const response = await fetchBackend(settings.callbackUrl, {
    method: "POST",
    body,
    redirect: "manual",
    signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
    headers: {
      "content-type": "application/json",
      authorization: secret,
      [HEADERS.WEBHOOK_ID]: id,
      [HEADERS.WEBHOOK_TIMESTAMP]: String(timestamp),
      [HEADERS.WEBHOOK_SIGNATURE]: await sign(secret, id, timestamp, body),
    },
  });
  await response.body?.cancel();
  if (response.ok) return;
  const refused = new CallbackUndelivered(`The backend answered ${response.status}.`);
  throw isPassing(response.status) ? refused : new AbortError(refused);
}

async function fetchBackend(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    // Not a TypeError: p-retry takes those for programming errors and would not try again.
    throw new CallbackUndelivered("The backend could not be reached.", { cause: error });
  }
}

function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 409 || status === 429;
}
