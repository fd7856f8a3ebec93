/** A model takes its minutes; previews of the same tier take no notice. */
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { documentation, stopStack, upload, type Stack } from "./project.ts";
import { listen, sendJob, startBackend, startWorker } from "./stack.ts";

let model: Server;
let stack: Stack;
let asked: () => void;
let answer: () => void;
const wasAsked = new Promise<void>((resolve) => (asked = resolve));
const mayAnswer = new Promise<void>((resolve) => (answer = resolve));

beforeAll(async () => {
  model = createServer((_request, response) => {
    asked();
    void mayAnswer.then(() => response.writeHead(400).end("{}"));
  });
  const base = `http://127.0.0.1:${await listen(model)}/v1`;
  const backend = await startBackend();
  const variables = { AI_ENGINE: "openai-compatible", AI_MODEL: "slow", OPENAI_BASE_URL: base };
  stack = { backend, worker: await startWorker(backend.url, variables) };
});

afterAll(async () => {
  await stopStack(stack);
  model.closeAllConnections();
  await new Promise((resolve) => model.close(resolve));
});

it("a preview is built while the same tier's documentation waits for its model", async () => {
  const { job: docs } = await documentation(stack, "export const answer = 42;\n");
  let isDocumented = false;
  const documented = stack.backend.awaitCallback(docs.job_id).then((callback) => {
    isDocumented = true;
    return callback;
  });
  await sendJob(stack.worker.url, `${docs.job_id}.1`, docs);
  await wasAsked;

  const page = { kind: "web", entry: "index.html", files: { "index.html": "<h1>hi</h1>" } } as const;
  const { job, jobId } = await upload(stack, page);
  const built = stack.backend.awaitCallback(jobId);
  await sendJob(stack.worker.url, `${jobId}.1`, { ...job, tier: docs.tier });
  expect((await built).status).toBe("SUCCESS");
  expect(isDocumented).toBe(false);

  answer();
  expect((await documented).error).toMatchObject({ code: "AI_JOB_FAILED" });
});
