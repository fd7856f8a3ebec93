/** Asks a model with a deadline, and once more where that may help. */
import { ModelUnavailable, timedOut, type Chat, type Question, type Reply } from "./chat.ts";
import type { ModelLimits } from "./limits.ts";

type Patience = Pick<ModelLimits, "attemptSeconds" | "pauseSeconds">;

const PAUSE_SECONDS_MAX = 10;

/** Give the reply, or raise `ModelUnavailable` or `ModelRefused`. `whole` ends all of it. */
export async function askPatiently(
  chat: Chat,
  question: Omit<Question, "signal">,
  limits: Patience,
  whole: AbortSignal,
): Promise<Reply> {
  try {
    return await askOnce(chat, question, limits.attemptSeconds, whole);
  } catch (error) {
    if (!(error instanceof ModelUnavailable) || !error.isPassing || whole.aborted) throw error;
    await pause(error.retryAfterSeconds ?? limits.pauseSeconds);
    return askOnce(chat, question, limits.attemptSeconds, whole);
  }
}

async function askOnce(
  chat: Chat,
  question: Omit<Question, "signal">,
  attemptSeconds: number,
  whole: AbortSignal,
): Promise<Reply> {
  const signal = AbortSignal.any([whole, AbortSignal.timeout(attemptSeconds * 1000)]);
  const ended = Promise.withResolvers<never>();
  const end = (): void => {
    ended.reject(timedOut());
  };
  const isOver = (): boolean => signal.aborted;
  if (isOver()) throw timedOut();
  signal.addEventListener("abort", end, { once: true });
  try {
    // Raced: not every binding listens to a signal.
    return await Promise.race([chat.ask({ ...question, signal }), ended.promise]);
  } catch (error) {
    throw isOver() ? timedOut() : error;
  } finally {
    signal.removeEventListener("abort", end);
  }
}

async function pause(seconds: number): Promise<void> {
  await scheduler.wait(Math.min(seconds, PAUSE_SECONDS_MAX) * 1000);
}
