import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { version } from "../../package.json";
import { LIMITS, type PreviewResult } from "../../src/contract.gen.ts";
import worker from "../../src/index.ts";
import { tallyOf } from "../../src/jobs/tally.ts";
import { readCurrent } from "../../src/preview/current.ts";
import { verify } from "../../src/signing.ts";
import { utf8 } from "../../src/encoding.ts";
import { bindings, consume, failing, jobFor, received, script } from "./queued.ts";

const PAGE = { "index.html": "<h1>hi</h1>" };
const DEAD = { queue: "hivesync-jobs-dead" };
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

describe("a job from its queue", () => {
  it("is reported, signed, as part of the backend's trace", async () => {
    const job = await jobFor(PAGE);
    const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
    expect(await consume(job, { traceparent })).toBe("acked");
    const [post] = await received(`${job.job_id}.1.done`);
    expect(post).toMatchObject({ path: "/workers/callback", body: { status: "SUCCESS", error: null } });
    const headers = post?.headers ?? {};
    expect(headers["traceparent"]).toMatch(new RegExp(`^00-${TRACE}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
    const secret = { current: env.WORKER_SHARED_SECRET ?? "", previous: undefined };
    const signed = {
      id: `${job.job_id}.1.done`,
      timestamp: headers["webhook-timestamp"] ?? "",
      signatures: headers["webhook-signature"] ?? "",
      body: utf8(JSON.stringify(post?.body)),
    };
    expect(await verify(secret, signed, Date.now() / 1000)).toBe(true);
  });

  it.each(["get", "put"] as const)("is tried once more when storage fails to %s", async (method) => {
    const job = await jobFor(PAGE);
    const flaky = { ...bindings, R2: failing(env.R2, method, 1) };
    expect(await consume(job, { bindings: flaky })).toBe("retried");
    expect(await received(`${job.job_id}.1.done`)).toEqual([]);
    expect(await consume(job, { bindings: flaky, attempts: 2 })).toBe("acked");
    expect(await received(`${job.job_id}.1.done`)).toMatchObject([{ body: { status: "SUCCESS" } }]);
  });

  it("tells no more warnings than an event may carry", async () => {
    const rules = Array.from({ length: 80 }, (_, number) => `a { background: url(./${number}.png) }\n`);
    const job = await jobFor({
      "index.html": `<link rel="stylesheet" href="a.css">`,
      "a.css": rules.join(""),
    });
    expect(await consume(job)).toBe("acked");
    const [post] = await received(`${job.job_id}.1.done`);
    const { warnings } = post?.body["result"] as PreviewResult;
    expect(warnings).toHaveLength(LIMITS.BUILD_WARNINGS);
    expect(warnings?.[0]).toMatchObject({ file: "a.css", line: 1 });
  });

  it("has its outcome when its log can't be stored", async () => {
    const job = await jobFor(PAGE);
    const flaky = { ...bindings, R2_LOGS: failing(env.R2_LOGS, "put", 1) };
    expect(await consume(job, { bindings: flaky })).toBe("acked");
    expect(await received(`${job.job_id}.1.done`)).toMatchObject([
      { body: { status: "SUCCESS", logs_key: null } },
    ]);
  });

  it("is not built again to tell an outcome that the backend has missed", async () => {
    const job = await jobFor(PAGE);
    const id = `${job.job_id}.1.done`;
    await script(id, [503, 503, 503, 503]);
    expect(await consume(job)).toBe("retried");
    // Nothing to build from any more: only what was kept can be told.
    await env.R2.delete(job.preview?.manifest_key ?? "");
    expect(await consume(job, { attempts: 2 })).toBe("acked");
    expect((await received(id)).map(({ body }) => body["status"])).toEqual(Array(5).fill("SUCCESS"));
  });

  it("is not reported over and over to a backend that refuses it for good", async () => {
    const job = await jobFor(PAGE);
    await script(`${job.job_id}.1.done`, [401]);
    expect(await consume(job)).toBe("retried");
    expect(await received(`${job.job_id}.1.done`)).toHaveLength(1);
  });
});

describe("a dead letter", () => {
  it("is reported as a failure, to the backend and to the phone", async () => {
    const job = await jobFor(PAGE);
    expect(await consume(job, DEAD)).toBe("acked");
    const [post] = await received(`${job.job_id}.1.done`);
    expect(post?.body).toMatchObject({ status: "FAIL", error: { code: "INTERNAL_ERROR" } });
    const log = await (await env.R2_LOGS.get(String(post?.body["logs_key"])))?.json();
    expect(log).toMatchObject({ job_id: job.job_id, code: "INTERNAL_ERROR" });
    const current = await readCurrent(env.R2, job.preview?.preview_id ?? "");
    expect(current).toMatchObject({ version: 1, state: "failed" });
  });

  it("tells the outcome that was missed, where there is one", async () => {
    const job = await jobFor(PAGE);
    const id = `${job.job_id}.1.done`;
    await script(id, [403, 403]);
    expect(await consume(job)).toBe("retried");
    expect(await consume(job, { attempts: 2 })).toBe("retried");
    expect(await consume(job, DEAD)).toBe("acked");
    expect((await received(id)).at(-1)?.body).toMatchObject({ status: "SUCCESS" });
  });

  it("waits for a backend that is away", async () => {
    const job = await jobFor(PAGE);
    await script(`${job.job_id}.1.done`, [403]);
    expect(await consume(job, DEAD)).toBe("retried");
    expect(await consume(job, { ...DEAD, attempts: 2 })).toBe("acked");
    const posts = await received(`${job.job_id}.1.done`);
    // The same failure, and one log of it.
    expect(posts[1]?.body).toEqual(posts[0]?.body);
  });
});

const BROKEN = { "index.html": `<script type="module">const = 1;</script>` };
const QUIET = { running: 0, done: 0, failed: 0, errors: 0 };

async function beat(): Promise<void> {
  const context = createExecutionContext();
  await worker.scheduled(createScheduledController(), bindings, context);
  await waitOnExecutionContext(context);
}

async function lastBeat(): Promise<unknown> {
  return (await received("heartbeat")).at(-1)?.body;
}

describe("a heartbeat", () => {
  beforeEach(async () => {
    await beat();
  });

  it("counts what ended since the last one", async () => {
    await consume(await jobFor(PAGE));
    await consume(await jobFor(PAGE));
    await consume(await jobFor(BROKEN));
    await consume(await jobFor(PAGE), { bindings: { ...bindings, R2: failing(env.R2, "get", 1) } });
    await beat();
    const identity = { worker_id: "hivesync-worker", version, queued: 0 };
    expect(await lastBeat()).toEqual({ ...identity, running: 0, done: 2, failed: 1, errors: 1 });
    await beat();
    expect(await lastBeat()).toEqual({ ...identity, ...QUIET });
  });

  it("that the backend missed is made up for by the next", async () => {
    await consume(await jobFor(PAGE));
    await script("heartbeat", [503]);
    await expect(beat()).rejects.toThrow("The backend answered 503.");
    await consume(await jobFor(PAGE));
    await beat();
    expect(await lastBeat()).toMatchObject({ done: 2 });
  });

  it("carries an id of its Worker, new each time", async () => {
    await beat();
    const ids = (await received("heartbeat")).map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.at(-1)).toMatch(/^heartbeat\.hivesync-worker\./);
  });

  it("shows what is under way", async () => {
    await tallyOf(env).began("slow");
    await beat();
    expect(await lastBeat()).toMatchObject({ running: 1 });
    await tallyOf(env).ended("slow", "done");
  });
});
