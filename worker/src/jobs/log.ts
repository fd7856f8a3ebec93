/** One JSON object in R2_LOGS for each job: what was done and how it ended. No code, no path, no secret. */
import type { CallbackError, Job } from "../contract.gen.ts";
import { logLine, type LogFields } from "../log.ts";
import { writeJson } from "../storage.ts";
import { traceIdOf } from "../trace.ts";

/** Names this isolate in logs: another one gets another name, so that no two write the same object. */
let workerId: string | null = null;

export class JobLog {
  readonly #steps: { readonly step: string; readonly at: string; readonly fields: LogFields }[] = [];

  constructor(
    private readonly job: Job,
    private readonly traceparent: string | null,
  ) {}

  step(step: string, fields: LogFields = {}): void {
    this.#steps.push({ step, at: new Date().toISOString(), fields });
  }

  /** Store the log and give its key. A log that can't be stored must not fail the job: the key is null then. */
  async save(bucket: R2Bucket, outcome: { readonly error?: CallbackError | null }): Promise<string | null> {
    const { job_id, kind, attempt, tier } = this.job;
    const trace_id = traceIdOf(this.traceparent);
    const entry = { job_id, kind, attempt, tier, trace_id, code: outcome.error?.code ?? null };
    logLine(entry.code === null ? "info" : "warning", "job done", entry);
    // Random numbers are not allowed while a module loads, so the name is made at its first use.
    workerId ??= crypto.randomUUID();
    const key = `logs/workers/${workerId}/${new Date().toISOString()}.json`;
    try {
      await writeJson(bucket, key, { schema: 1, worker_id: workerId, ...entry, steps: this.#steps });
      return key;
    } catch {
      logLine("warning", "job log not stored", { job_id });
      return null;
    }
  }
}
