/** What was tried twice in vain (storage away, a build that took its isolate down) ends here, with a report. */
import { deliverCallback, type Report } from "../callback.ts";
import type { CallbackError, Job } from "../contract.gen.ts";
import type { Bindings, Settings } from "../env.ts";
import { finishVersion } from "../preview/current.ts";
import { keepReport, keptReport } from "./ledger.ts";
import { JobLog } from "./log.ts";
import type { QueuedJob } from "./queues.ts";

const GIVEN_UP: Readonly<Record<Job["kind"], CallbackError>> = {
  "preview.build": {
    code: "INTERNAL_ERROR",
    message: "The build was stopped twice. Start the preview again; something smaller may help.",
  },
  "ai.docs": { code: "AI_JOB_FAILED", message: "The file could not be documented. Ask for it again." },
};

/** Report the outcome that the backend could not be told, or else the failure; tell whether it was a success. */
export async function giveUp(
  bindings: Bindings,
  settings: Settings,
  { job, traceparent }: QueuedJob,
): Promise<boolean> {
  let report = await keptReport(bindings, job);
  if (report === null) {
    report = await failureOf(bindings, job, traceparent);
    await keepReport(bindings, report);
  }
  await deliverCallback(settings, report, traceparent);
  return report.status === "SUCCESS";
}

async function failureOf(bindings: Bindings, job: Job, traceparent: string | null): Promise<Report> {
  const error = GIVEN_UP[job.kind];
  if (job.preview) await finishVersion(bindings.R2, job.preview.preview_id, job.preview.version, error);
  const log = new JobLog(job, traceparent);
  log.step("given up");
  return {
    job_id: job.job_id,
    kind: job.kind,
    status: "FAIL",
    attempt: job.attempt,
    logs_key: await log.save(bindings.R2_LOGS, { error }),
    artifact_keys: [],
    result: null,
    error,
  };
}
