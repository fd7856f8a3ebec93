/** Jobs as a queue hands them over, the backend that hears of them, and storage that fails. */
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { inject } from "vitest";
import type { Job } from "../../src/contract.gen.ts";
import type { Bindings } from "../../src/env.ts";
import { consumeJobs } from "../../src/jobs/consumer.ts";
import type { QueuedJob } from "../../src/jobs/queues.ts";
import type { Received } from "../backend_server.ts";
import { store, type Files } from "./projects.ts";

export const BACKEND = inject("backendServer");
export const bindings: Bindings = { ...env, BACKEND_URL: BACKEND };

/** Give a job that builds these files, its manifest in place. */
export async function jobFor(files: Files): Promise<Job> {
  const { build, manifest } = await store("web", "index.html", files);
  await env.R2.put(build.manifest_key, JSON.stringify(manifest));
  return { job_id: crypto.randomUUID(), kind: "preview.build", attempt: 1, tier: "pro", preview: build };
}

/** Hand a job over once; tell whether it was taken, or is to come again. */
export async function consume(
  job: Job,
  options: { queue?: string; attempts?: number; bindings?: Bindings; traceparent?: string } = {},
): Promise<"acked" | "retried"> {
  const body: QueuedJob = { job, traceparent: options.traceparent ?? null };
  const message = { id: job.job_id, timestamp: new Date(), attempts: options.attempts ?? 1, body };
  const batch = createMessageBatch<QueuedJob>(options.queue ?? "hivesync-jobs-pro", [message]);
  const context = createExecutionContext();
  await consumeJobs(batch, options.bindings ?? bindings, context);
  const { explicitAcks, retryMessages } = await getQueueResult(batch, context);
  if (explicitAcks.length + retryMessages.length !== 1) throw new Error("neither taken nor repeated");
  return explicitAcks.length === 1 ? "acked" : "retried";
}

/** What came under a `webhook-id`; `heartbeat` for heartbeats. */
export async function received(id: string): Promise<Received[]> {
  return (await fetch(`${BACKEND}/received/${id}`)).json();
}

export async function script(id: string, statuses: number[]): Promise<void> {
  await fetch(`${BACKEND}/answers/${id}`, { method: "PUT", body: JSON.stringify(statuses) });
}

/** A bucket whose next calls of one kind fail, as R2 does now and then. */
export function failing(bucket: R2Bucket, method: "get" | "put", times: number): R2Bucket {
  let left = times;
  return new Proxy(bucket, {
    get(target, name) {
      if (name === method && left > 0) {
        left -= 1;
        return () => Promise.reject(new Error("we encountered an internal error (10001)"));
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
