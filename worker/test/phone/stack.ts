/** The real Worker under `wrangler dev`, a backend that takes callbacks on a real socket, and a browser. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createHash, createHmac, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
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

export async function listen(server: Server): Promise<number> {
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
  /** End it as a power cut would, and start it again where it was. */
  restart(): Promise<Worker>;
}

/** `variables` as in worker/.env, beside those that every Worker needs. */
export async function startWorker(
  backendUrl: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Worker> {
  const state = await mkdtemp(join(tmpdir(), "hivesync-worker-"));
  const all = { WORKER_SHARED_SECRET: SECRET, BACKEND_URL: backendUrl, ...variables };
  return startAt(all, await freePort(), state);
}

async function startAt(
  variables: Readonly<Record<string, string>>,
  port: number,
  state: string,
): Promise<Worker> {
  const arguments_ = [
    join(WORKER, "node_modules/wrangler/bin/wrangler.js"),
    ...["dev", "--local", "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"],
    ...["--show-interactive-dev-session=false", "--persist-to", state],
    ...Object.entries(variables).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
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
    restart: async () => {
      await killTree(child);
      return startAt(variables, port, state);
    },
  };
}

/** workerd first: it would outlive its parent for a moment, and hold the port. */
async function killTree(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = new Set([child.pid]);
  // Once for each generation: npm's Node, wrangler, workerd.
  [1, 2, 3].forEach(() => {
    for (const [pid, parent] of pairs) if (family.has(parent)) family.add(pid);
  });
  for (const pid of [...family].reverse()) if (pid !== undefined) process.kill(pid, "SIGKILL");
  await ended;
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
export async function sendJob(
  workerUrl: string,
  deliveryId: string,
  job: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = JSON.stringify(job);
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", SECRET)
    .update(`${deliveryId}.${timestamp}.${body}`)
    .digest("base64");
  return fetch(`${workerUrl}/jobs`, {
    method: "POST",
    body,
    headers: {
      ...headers,
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
    devices: 5,
    ...claims,
  };
  const content = `${base64url({ alg: "HS256", kid, typ: "JWT" })}.${base64url(payload)}`;
  return `${content}.${createHmac("sha256", key).update(content).digest("base64url")}`;
}
