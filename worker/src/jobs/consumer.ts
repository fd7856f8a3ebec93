/** Takes jobs off the queues. A message is acknowledged when the backend knows the outcome, and not before. */
import { readSettings, type Bindings } from "../env.ts";
import { describe } from "../errors.ts";
import { logLine } from "../log.ts";
import { traceIdOf } from "../trace.ts";
import { giveUp } from "./dead_letters.ts";
import { DEAD_LETTERS, type QueuedJob } from "./queues.ts";
import { runJob } from "./runner.ts";
import { tallyOf, type Ending } from "./tally.ts";

/** A job is tried again at once: its user waits, and so does the backend's deadline. */
const RETRY_SECONDS = 2;
/** A dead letter waits for a backend that is away, for as long as Cloudflare's hundred retries go. */
const DEAD_RETRY_SECONDS = [5, 15, 30] as const;
const DEAD_RETRY_SECONDS_MAX = 60;

export async function consumeJobs(
  batch: MessageBatch<QueuedJob>,
  bindings: Bindings,
  context: ExecutionContext,
): Promise<void> {
  const isDead = batch.queue === DEAD_LETTERS;
  const settings = readSettings(bindings);
  const tally = tallyOf(bindings);
  for (const message of batch.messages) {
    const { job_id } = message.body.job;
    note(context, tally.began(job_id));
    const ending = await endingOf(
      message,
      isDead ? giveUp(bindings, settings, message.body) : runJob(bindings, settings, message),
    );
    if (ending === "errors") message.retry({ delaySeconds: pauseSeconds(isDead, message.attempts) });
    else message.ack();
    note(context, tally.ended(job_id, ending));
  }
}

async function endingOf(message: Message<QueuedJob>, work: Promise<boolean>): Promise<Ending> {
  try {
    return (await work) ? "done" : "failed";
  } catch (error) {
    logLine("error", "job will be repeated", {
      job_id: message.body.job.job_id,
      trace_id: traceIdOf(message.body.traceparent),
      attempts: message.attempts,
      error: describe(error),
    });
    return "errors";
  }
}

function pauseSeconds(isDead: boolean, attempts: number): number {
  return isDead ? (DEAD_RETRY_SECONDS[attempts - 1] ?? DEAD_RETRY_SECONDS_MAX) : RETRY_SECONDS;
}

/** Figures for people are no reason to let a job wait, or fail. */
function note(context: ExecutionContext, noting: Promise<void>): void {
  const noted = noting.catch((error: unknown) => {
    logLine("warning", "job not counted", { error: describe(error) });
  });
  context.waitUntil(noted);
}
