/** Takes jobs off the queue. A message is acknowledged when the backend knows the outcome, and not before. */
import type { Job } from "../contract.gen.ts";
import { readSettings, type Bindings } from "../env.ts";
import { describe } from "../errors.ts";
import { logLine } from "../log.ts";
import { runJob } from "./runner.ts";

const RETRY_SECONDS = [2, 10, 30, 60] as const;

export async function consumeJobs(batch: MessageBatch<Job>, bindings: Bindings): Promise<void> {
  for (const message of batch.messages) {
    try {
      await runJob(bindings, readSettings(bindings), message.body);
      message.ack();
    } catch (error) {
      const { job_id } = message.body;
      logLine("error", "job will be repeated", {
        job_id,
        attempts: message.attempts,
        error: describe(error),
      });
      message.retry({ delaySeconds: RETRY_SECONDS[message.attempts - 1] ?? 60 });
    }
  }
}
