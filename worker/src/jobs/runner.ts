/** Does one job and reports it. What is wrong with a request becomes a report; what is wrong with us is thrown. */
import { documentFile } from "../ai/document.ts";
import { deliverCallback, type Report } from "../callback.ts";
import type { AiDocsWork, CallbackError, Job, PreviewBuild, PreviewResult, Tier } from "../contract.gen.ts";
import { TIMED_OUT, withinDeadline } from "../deadline.ts";
import type { Bindings, Settings } from "../env.ts";
import { WorkerError } from "../errors.ts";
import { buildVersion } from "../preview/build.ts";
import { finishVersion } from "../preview/current.ts";
import { bundler } from "../preview/esbuild.ts";
import { loadManifest } from "../preview/manifest.ts";
import { loadSources } from "../preview/sources.ts";
import { tellRoom } from "../room/news.ts";
import { keepReport, keptReport } from "./ledger.ts";
import { JobLog } from "./log.ts";
import type { QueuedJob } from "./queues.ts";
import { turns } from "./turns.ts";

type Outcome = Partial<Pick<Report, "artifact_keys" | "result" | "error">>;

/** Longer than a build may take, and shorter than the backend waits for it. */
const DEADLINE_MS = 50_000;

/** The job did not come to an end; what runs on in it is heard by nobody. */
class JobTimedOut extends Error {}

/** Do the job of a message and report it; tell whether it was a success. */
export async function runJob(
  bindings: Bindings,
  settings: Settings,
  { body: { job, traceparent }, attempts }: Message<QueuedJob>,
): Promise<boolean> {
  const kept = attempts > 1 ? await keptReport(bindings, job) : null;
  const report = kept ?? (await reportOf(bindings, job, traceparent));
  try {
    await deliverCallback(settings, report, traceparent);
  } catch (error) {
    await keepReport(bindings, report);
    throw error;
  }
  return report.status === "SUCCESS";
}

async function reportOf(bindings: Bindings, job: Job, traceparent: string | null): Promise<Report> {
  const log = new JobLog(job, traceparent);
  const outcome = await outcomeOf(bindings, job, log);
  const [logs_key] = await Promise.all([log.save(bindings.R2_LOGS, outcome), tellOf(bindings, job)]);
  return {
    job_id: job.job_id,
    kind: job.kind,
    status: outcome.error ? "FAIL" : "SUCCESS",
    attempt: job.attempt,
    logs_key,
    artifact_keys: outcome.artifact_keys ?? [],
    result: outcome.result ?? null,
    error: outcome.error ?? null,
  };
}

async function outcomeOf(bindings: Bindings, job: Job, log: JobLog): Promise<Outcome> {
  if (job.kind === "preview.build" && job.preview) {
    const building = buildInTurn(bindings.R2, job.tier, job.preview, log);
    const [outcome] = await Promise.all([building, tellOf(bindings, job)]);
    return outcome;
  }
  if (job.kind === "ai.docs" && job.ai_docs) return document(bindings, job.ai_docs, job.tier, log);
  return { error: { code: "INTERNAL_ERROR", message: "The job holds nothing to do." } };
}

/** Tell a preview's room where its build is. */
async function tellOf(bindings: Bindings, { preview }: Job): Promise<void> {
  if (preview) await tellRoom(bindings, preview);
}

async function buildInTurn(bucket: R2Bucket, tier: Tier, build: PreviewBuild, log: JobLog): Promise<Outcome> {
  return turns.take(tier, async () => {
    const outcome = await withinDeadline(buildPreview(bucket, build, log), DEADLINE_MS);
    if (outcome === TIMED_OUT) throw new JobTimedOut("The build did not end.");
    return outcome;
  });
}

async function buildPreview(bucket: R2Bucket, build: PreviewBuild, log: JobLog): Promise<Outcome> {
  let result: PreviewResult = { sources_stored: false, artifact_bytes: 0 };
  try {
    const manifest = await loadManifest(bucket, build);
    log.step("manifest", { kind: manifest.kind, files: manifest.files.length });
    // Awaited whatever happens: what a job leaves unfinished stays so for the next one.
    const ready = bundler.warm();
    const loading = loadSources(bucket, build, manifest).finally(async () => ready);
    const [{ sources, packs }] = await Promise.all([loading, ready]);
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

async function document(bindings: Bindings, work: AiDocsWork, tier: Tier, log: JobLog): Promise<Outcome> {
  try {
    const result = await documentFile(bindings, work, tier);
    const { engine, model = "", fallback = false } = result;
    log.step("documented", { engine, model, fallback });
    return { artifact_keys: [work.result_key], result };
  } catch (failure) {
    return { error: callbackError(failure) };
  }
}

/** What we did not foresee is thrown on: the queue tries once more, and then gives up. */
function callbackError(failure: unknown): CallbackError {
  if (!(failure instanceof WorkerError)) throw failure;
  return { ...failure.diagnostic, code: failure.code, message: failure.detail };
}
