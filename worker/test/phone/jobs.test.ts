import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentation, preview, startStack, stopStack, upload, type Stack } from "./project.ts";
import { Objects, sendJob, SECRET } from "./stack.ts";

const PROJECT = { kind: "web", entry: "index.html", files: { "index.html": "<h1>hi</h1>" } } as const;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(async () => {
  await stopStack(stack);
});

async function post(body: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${stack.worker.url}/jobs`, { method: "POST", body, headers });
}

describe("a job", () => {
  it("is built and reported, signed both ways", async () => {
    const { callback, previewId } = await preview(stack, PROJECT);
    expect(callback).toMatchObject({
      status: "SUCCESS",
      attempt: 1,
      result: { sources_stored: true },
      error: null,
    });
    expect(callback.artifact_keys).toContain(`previews/${previewId}/v1/artifact.json`);
    expect(stack.backend.received.at(-1)?.headers).toMatchObject({
      authorization: SECRET,
      "webhook-id": `${callback.job_id}.1.done`,
      "webhook-signature": expect.stringMatching(/^v1,/) as string,
    });
  });

  it("leaves a log without code or secrets", async () => {
    const { callback } = await preview(stack, PROJECT);
    expect(callback.logs_key).toMatch(/^logs\/workers\/[0-9a-f-]{36}\/[0-9TZ:.-]+\.json$/);
    const text = await (
      await new Objects(stack.worker.url).get("hivesync-ai-logs", callback.logs_key ?? "")
    ).text();
    expect(JSON.parse(text)).toMatchObject({ job_id: callback.job_id, code: null });
    expect(text).not.toContain("<h1>");
    expect(stack.worker.output()).not.toContain(SECRET);
  });

  it("that fails is reported with its place", async () => {
    const files = { "index.html": `<script type="module">\nconst = 1;</script>` };
    const { callback } = await preview(stack, { ...PROJECT, files });
    expect(callback).toMatchObject({
      status: "FAIL",
      error: { code: "PREVIEW_BUILD_FAILED", file: "index.html", line: 2, column: 7 },
      result: { sources_stored: true },
    });
  });

  it("for documentation is answered, kept and reported", async () => {
    const { job, objects } = await documentation(stack, "export const answer = 42;\n");
    const callback = stack.backend.awaitCallback(job.job_id);
    await sendJob(stack.worker.url, `${job.job_id}.1`, job);
    const { status, artifact_keys, result, error } = await callback;
    expect({ status, artifact_keys, error }).toEqual({
      status: "SUCCESS",
      artifact_keys: [job.ai_docs.result_key],
      error: null,
    });
    expect(result).toMatchObject({ engine: "outline", explanations: [{ symbol: "answer", line_start: 1 }] });
    const kept = await objects.get("hivesync-artifacts", job.ai_docs.result_key);
    expect(await kept.json()).toEqual(result);
  });

  it.each([
    ["without its request", { ai_docs: undefined }],
    [
      "of another project's file",
      { ai_docs: { request_key: `sources/${randomUUID()}/ai-docs/${randomUUID()}.json` } },
    ],
    ["into another job's result", { ai_docs: { result_key: `ai-docs/${randomUUID()}.json` } }],
  ])("for documentation %s is refused", async (_what, change) => {
    const { job } = await documentation(stack, "");
    const altered = { ...job, ai_docs: change.ai_docs && { ...job.ai_docs, ...change.ai_docs } };
    expect((await sendJob(stack.worker.url, `${job.job_id}.1`, altered)).status).toBe(422);
  });

  it("is reported again, under the same id, when the backend was away", async () => {
    const { job, jobId } = await upload(stack, PROJECT);
    stack.backend.answers.push(503, 503);
    const callback = stack.backend.awaitCallback(jobId);
    await sendJob(stack.worker.url, `${jobId}.1`, job);
    await callback;
    const ids = stack.backend.received
      .filter(({ body }) => body.job_id === jobId)
      .map(({ headers }) => headers["webhook-id"]);
    expect(ids).toEqual(Array(3).fill(`${jobId}.1.done`));
  });
});

describe("a delivery", () => {
  it("that comes twice has one effect", async () => {
    const { job, jobId } = await upload(stack, PROJECT);
    const callback = stack.backend.awaitCallback(jobId);
    const answers = await Promise.all([1, 2, 3].map(() => sendJob(stack.worker.url, `${jobId}.1`, job)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(await answers[0]?.json()).toEqual({ accepted: true });
    await callback;
    expect((await sendJob(stack.worker.url, `${jobId}.1`, job)).status).toBe(202);
    // A later job's callback would come after one of a repeated build.
    await preview(stack, PROJECT);
    expect(stack.backend.received.filter(({ body }) => body.job_id === jobId)).toHaveLength(1);
  });

  it("is answered within the trace in which its job goes on", async () => {
    const { job, jobId } = await upload(stack, PROJECT);
    const callback = stack.backend.awaitCallback(jobId);
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const traceOf = async (given: string): Promise<string | null> =>
      (await sendJob(stack.worker.url, `${jobId}.1`, job, { traceparent: given })).headers.get("traceparent");
    expect(await traceOf(traceparent)).toBe(traceparent);
    expect(await traceOf("no trace")).toBeNull();
    await callback;
  });

  it("without a signature is refused", async () => {
    const response = await post("{}", {});
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: "WORKER_SIGNATURE_INVALID" });
  });

  it("that is old is refused, although its signature is right", async () => {
    const { createHmac } = await import("node:crypto");
    const timestamp = String(Math.floor(Date.now() / 1000) - 301);
    const signature = createHmac("sha256", SECRET).update(`old.${timestamp}.{}`).digest("base64");
    const headers = {
      "webhook-id": "old",
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    };
    expect((await post("{}", headers)).status).toBe(401);
  });

  it("that was altered on its way is refused", async () => {
    const { createHmac } = await import("node:crypto");
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac("sha256", SECRET).update(`a.${timestamp}.{"a":1}`).digest("base64");
    const headers = {
      "webhook-id": "a",
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    };
    expect((await post(`{"a":2}`, headers)).status).toBe(401);
    expect((await post(`{"a":1}`, { ...headers, "webhook-id": "b" })).status).toBe(401);
    expect((await post(`{"a":1}`, headers)).status).toBe(422);
  });

  it("that is too large is refused before it is read", async () => {
    expect((await post("x".repeat(65 * 1024), {})).status).toBe(413);
  });

  it.each([
    ["another preview's manifest", { manifest_key: "previews/x/v1/manifest.json" }],
    ["a path for an id", { preview_id: "../../etc" }],
    ["no version", { version: 0 }],
  ])("that names %s is refused", async (_what, change) => {
    const { job, jobId } = await upload(stack, PROJECT);
    const altered = { ...job, preview: { ...(job as { preview: object }).preview, ...change } };
    const response = await sendJob(stack.worker.url, `${jobId}.1`, altered);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "VALIDATION_ERROR" });
  });
});
