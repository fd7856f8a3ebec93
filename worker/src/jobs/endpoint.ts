/** `POST /jobs`: takes a signed job, once, and puts it on the queue. Refuses before it parses. */
import { readBody } from "../body.ts";
import { conforms, firstViolation } from "../contract.ts";
import { HEADERS, type Job } from "../contract.gen.ts";
import { WorkerError } from "../errors.ts";
import type { RequestContext } from "../router.ts";
import { verify } from "../signing.ts";
import { aiDocsRequestKey, aiDocsResultKey, isId, versionPrefix } from "../storage.ts";
import { TRACEPARENT, traceparentOf } from "../trace.ts";
import { ledgerOf } from "./ledger.ts";

/** A queue message holds 128 KB; a job is well under one. */
const BODY_BYTES_MAX = 64 * 1024;

export async function acceptJob({ request, bindings, settings }: RequestContext): Promise<Response> {
  const body = await readBody(request, BODY_BYTES_MAX);
  const deliveryId = request.headers.get(HEADERS.WEBHOOK_ID) ?? "";
  const message = {
    id: deliveryId,
    timestamp: request.headers.get(HEADERS.WEBHOOK_TIMESTAMP) ?? "",
    signatures: request.headers.get(HEADERS.WEBHOOK_SIGNATURE) ?? "",
    body,
  };
  if (!(await verify(settings.sharedSecret, message, Date.now() / 1000))) {
    throw new WorkerError("WORKER_SIGNATURE_INVALID", "The job's signature is missing, wrong or too old.");
  }
  const job = parseJob(body);
  const traceparent = traceparentOf(request.headers);
  await ledgerOf(bindings, job.job_id).enqueueOnce(deliveryId, { job, traceparent });
  // Whoever looks at the answer finds the trace in which the job goes on.
  const headers = traceparent === null ? {} : { [TRACEPARENT]: traceparent };
  return Response.json({ accepted: true }, { status: 202, headers });
}

function parseJob(body: Uint8Array): Job {
  const value = parseJson(body);
  const violation = firstViolation("Job", value);
  if (violation !== null || !conforms("Job", value)) {
    throw new WorkerError("VALIDATION_ERROR", `The job is malformed at ${violation ?? "#"}`);
  }
  if (!isId(value.job_id) || !namesItsOwnObjects(value)) {
    throw new WorkerError("VALIDATION_ERROR", "The job's ids or keys are malformed.");
  }
  return value;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body));
  } catch {
    throw new WorkerError("VALIDATION_ERROR", "The job is not JSON.");
  }
}

/** Even a signed job may only name objects of its own preview or request. */
function namesItsOwnObjects(job: Job): boolean {
  return job.kind === "preview.build" ? namesItsPreview(job) : namesItsRequest(job);
}

function namesItsRequest({ job_id, ai_docs }: Job): boolean {
  return (
    !!ai_docs &&
    isId(ai_docs.ai_docs_id) &&
    isId(ai_docs.project_id) &&
    ai_docs.request_key === aiDocsRequestKey(ai_docs.project_id, ai_docs.ai_docs_id) &&
    ai_docs.result_key === aiDocsResultKey(job_id)
  );
}

function namesItsPreview({ preview }: Job): boolean {
  return (
    !!preview &&
    isId(preview.preview_id) &&
    isId(preview.project_id) &&
    preview.version > 0 &&
    preview.manifest_key === `${versionPrefix(preview.preview_id, preview.version)}manifest.json`
  );
}
