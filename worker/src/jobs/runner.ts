/** Does one job and reports it. Whatever goes wrong in a build becomes a callback; only its delivery may throw. */
import { deliverCallback } from "../callback.ts";
import type { Callback, CallbackError, Job, PreviewBuild, PreviewResult } from "../contract.gen.ts";
import type { Bindings, Settings } from "../env.ts";
import { describe, WorkerError } from "../errors.ts";
import { logLine } from "../log.ts";
import { buildVersion } from "../preview/build.ts";
import { finishVersion } from "../preview/current.ts";
import { loadManifest } from "../preview/manifest.ts";
import { loadSources } from "../preview/sources.ts";
import { JobLog } from "./log.ts";

type Outcome = Pick<Callback, "artifact_keys" | "result" | "error">;

export async function runJob(bindings: Bindings, settings: Settings, job: Job): Promise<void> {
  const log = new JobLog(job);
  const outcome = await outcomeOf(bindings, job, log);
  const logsKey = await log.save(bindings.R2_LOGS, outcome);
  await deliverCallback(settings, {
    job_id: job.job_id,
    kind: job.kind,
    status: outcome.error ? "FAIL" : "SUCCESS",
    attempt: job.attempt,
    logs_key: logsKey,
    artifact_keys: outcome.artifact_keys ?? [],
    result: outcome.result ?? null,
    error: outcome.error ?? null,
  });
}

async function outcomeOf(bindings: Bindings, job: Job, log: JobLog): Promise<Outcome> {
  if (job.kind === "preview.build" && job.preview) return buildPreview(bindings.R2, job.preview, log);
  return { error: { code: "AI_JOB_FAILED", message: "AI documentation is not available in this version." } };
}

async function buildPreview(bucket: R2Bucket, build: PreviewBuild, log: JobLog): Promise<Outcome> {
  let result: PreviewResult = { sources_stored: false, artifact_bytes: 0 };
  try {
    const manifest = await loadManifest(bucket, build);
    log.step("manifest", { kind: manifest.kind, files: manifest.files.length });
    const { sources, packs } = await loadSources(bucket, build, manifest);
    result = { ...result, sources_stored: true, packs: [...packs] };
    log.step("sources");
    const built = await buildVersion(bucket, build, manifest, sources);
    log.step("built", { bytes: built.bytes });
    await finishVersion(bucket, build.preview_id, build.version, null);
    result = { ...result, artifact_bytes: built.bytes, warnings: [...built.artifact.warnings] };
    return { artifact_keys: [...built.keys], result };
  } catch (failure) {
    const error = callbackError(failure);
    await finishVersion(bucket, build.preview_id, build.version, error);
    return { result, error };
  }
}

function callbackError(failure: unknown): CallbackError {
  if (!(failure instanceof WorkerError)) {
    logLine("error", "build failed unexpectedly", { error: describe(failure) });
    return {
      code: "INTERNAL_ERROR",
      message: "Something went wrong while building. Start the preview again.",
    };
  }
  return { ...failure.diagnostic, code: failure.code, message: failure.detail };
}
