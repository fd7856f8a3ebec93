/** The real Worker under `wrangler dev`, a backend that takes callbacks on a real socket, and a browser. */
import { spawn, type ChildProcess } from "node:child_process";
import { createHash, createHmac, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsClient } from "aws4fetch";
import type { Callback, PreviewClaims } from "../../src/contract.gen.ts";

export const SECRET = "test-secret-of-the-worker-0123456789abcdef";
const WORKER = join(import.meta.dirname, "..", "..");
const READY_MS = 60_000;

export interface Backend {
  readonly url: string;
  /** Statuses to answer next; when empty, 200. */
  readonly answers: number[];
  readonly received: {
    readonly headers: Record<string, string | string[] | undefined>;
    readonly body: Callback;
  }[];
  awaitCallback(jobId: string): Promise<Callback>;
  stop(): Promise<void>;
}

export async function startBackend(): Promise<Backend> {
  const received: Backend["received"] = [];
  const answers: number[] = [];
  const waiting = new Map<string, (callback: Callback) => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Callback;
      received.push({ headers: request.headers, body });
      const status = answers.shift() ?? 200;
      response.writeHead(status).end();
      if (status === 200) waiting.get(body.job_id)?.(body);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answers,
    awaitCallback: (jobId) => new Promise((resolve) => waiting.set(jobId, resolve)),
    stop: () =>
      new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      ),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Worker {
  readonly url: string;
  readonly output: () => string;
  stop(): Promise<void>;
}

export async function startWorker(backendUrl: string): Promise<Worker> {
  const port = await freePort();
  const state = await mkdtemp(join(tmpdir(), "hivesync-worker-"));
  const arguments_ = [
    join(WORKER, "node_modules/wrangler/bin/wrangler.js"),
    ...["dev", "--local", "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"],
    ...["--show-interactive-dev-session=false", "--persist-to", state],
    ...["--var", `WORKER_SHARED_SECRET:${SECRET}`, "--var", `BACKEND_URL:${backendUrl}`],
  ];
  const child = spawn(process.execPath, arguments_, {
    cwd: WORKER,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_SEND_ERROR_REPORTS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      WRANGLER_HIDE_BANNER: "true",
      DO_NOT_TRACK: "1",
    },
  });
  let output = "";
  child.stdout.on("data", (text: Buffer) => (output += text.toString()));
  child.stderr.on("data", (text: Buffer) => (output += text.toString()));
  const url = `http://127.0.0.1:${port}`;
  await awaitHealth(url, child, () => output);
  return {
    url,
    output: () => output,
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      await rm(state, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function awaitHealth(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`wrangler ended:\n${output()}`);
    const response = await fetch(`${url}/health`).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the Worker did not become ready:\n${output()}`);
}

/** The Worker's buckets, through the same S3 address as the backend uses. */
export class Objects {
  readonly #client = new AwsClient({
    accessKeyId: "hivesync-local",
    secretAccessKey: "hivesync-local-secret",
    region: "auto",
    service: "s3",
  });

  readonly #workerUrl: string;

  constructor(workerUrl: string) {
    this.#workerUrl = workerUrl;
  }

  async put(key: string, body: Uint8Array | string): Promise<void> {
    const url = `${this.#workerUrl}/cdn-cgi/local/r2/s3/hivesync-previews/${key}`;
    const response = await this.#client.fetch(url, { method: "PUT", body: Buffer.from(body as Uint8Array) });
    if (!response.ok) throw new Error(`PUT ${key}: ${response.status} ${await response.text()}`);
  }

  async get(bucket: string, key: string): Promise<Response> {
    return this.#client.fetch(
      `${this.#workerUrl}/cdn-cgi/local/r2/s3/${bucket}/${encodeURI(key).replaceAll(":", "%3A")}`,
    );
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Send a job the way the backend's dispatcher does. */
export async function sendJob(workerUrl: string, deliveryId: string, job: object): Promise<Response> {
  const body = JSON.stringify(job);
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", SECRET)
    .update(`${deliveryId}.${timestamp}.${body}`)
    .digest("base64");
  return fetch(`${workerUrl}/jobs`, {
    method: "POST",
    body,
    headers: {
      "webhook-id": deliveryId,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": `v1,${signature}`,
    },
  });
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A phone link's token, written out so that it does not depend on the code under test. */
export function openToken(
  claims: Pick<PreviewClaims, "preview_id" | "project_id"> & Partial<PreviewClaims>,
): string {
  const extract = createHmac("sha256", Buffer.alloc(32)).update(SECRET).digest();
  const key = createHmac("sha256", extract).update("hivesync/preview/v1\x01").digest();
  const kid = createHash("sha256").update("hivesync/kid/").update(key).digest("hex").slice(0, 8);
  const now = Math.floor(Date.now() / 1000);
  const payload: PreviewClaims = {
    user_id: randomUUID(),
    version: 1,
    platform: "ios",
    tier: "premium",
    role: "viewer",
    exp: now + 600,
    expires_at: now + 86_400,
    use: "open",
    ...claims,
  };
  const content = `${base64url({ alg: "HS256", kid, typ: "JWT" })}.${base64url(payload)}`;
  return `${content}.${createHmac("sha256", key).update(content).digest("base64url")}`;
}
