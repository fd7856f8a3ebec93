import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Job } from "../../src/contract.gen.ts";
import { preview, startStack, stopStack, upload, type Stack } from "./project.ts";
import { sendJob } from "./stack.ts";

const JOBS = 50;
/** So many have ended when the Worker is killed. */
const ENDED_BEFORE = 5;
const TIERS = ["free", "pro", "premium"] as const;
const PROJECT = { kind: "web", entry: "index.html", files: { "index.html": "<h1>hi</h1>" } } as const;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(async () => {
  await stopStack(stack);
});

/** Deliver an attempt as the backend's dispatcher does: a repetition keeps its id. */
async function deliver(job: Job, attempt: number): Promise<number> {
  const answer = await sendJob(stack.worker.url, `${job.job_id}.${attempt}`, { ...job, attempt });
  return answer.status;
}

function endedJobs(): Set<string> {
  return new Set(stack.backend.received.map(({ body }) => body.job_id));
}

describe("fifty jobs", () => {
  it("all end, each once, although the Worker is killed in the middle of them", async () => {
    const uploaded = await Promise.all(Array.from({ length: JOBS }, () => upload(stack, PROJECT)));
    const jobs = uploaded.map(({ job }, number) => ({ ...(job as Job), tier: TIERS[number % 3] ?? "free" }));
    const callbacks = jobs.map(({ job_id }) => stack.backend.awaitCallback(job_id));

    expect(new Set(await Promise.all(jobs.map((job) => deliver(job, 1))))).toEqual(new Set([202]));
    await firstOf(callbacks, ENDED_BEFORE);
    stack = { ...stack, worker: await stack.worker.restart() };
    const before = endedJobs();
    expect(before.size).toBeLessThan(JOBS);

    // The answer to a delivery may have been lost: it comes again, and is remembered.
    expect(new Set(await Promise.all(jobs.map((job) => deliver(job, 1))))).toEqual(new Set([202]));
    // After its deadline the backend sends what was not reported as a second attempt.
    const lost = jobs.filter(({ job_id }) => !before.has(job_id));
    await Promise.all(lost.map((job) => deliver(job, 2)));
    expect((await Promise.all(callbacks)).map(({ status }) => status)).toEqual(Array(JOBS).fill("SUCCESS"));

    // One more, behind all that may still be queued: nothing of the others comes any more.
    await preview(stack, PROJECT);
    const reports = stack.backend.received.map(({ body }) => `${body.job_id}.${body.attempt}`);
    expect(reports).toHaveLength(new Set(reports).size);
    expect(reports).toHaveLength(JOBS + 1);
  }, 180_000);
});

async function firstOf(callbacks: readonly Promise<unknown>[], count: number): Promise<void> {
  let [ended, resolveAll] = [0, (): void => undefined];
  const enough = new Promise<void>((resolve) => (resolveAll = resolve));
  for (const callback of callbacks) {
    void callback.then(() => {
      ended += 1;
      if (ended === count) resolveAll();
    });
  }
  await enough;
}
