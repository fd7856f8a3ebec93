/** Sends a folder to the Worker as agent and backend would: manifest, one pack, job. */
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Callback, PreviewKind, SourceManifest } from "../../src/contract.gen.ts";
import {
  Objects,
  openToken,
  sendJob,
  sha256,
  startBackend,
  startWorker,
  type Backend,
  type Worker,
} from "./stack.ts";

export interface Sent {
  readonly callback: Callback;
  readonly link: string;
  readonly previewId: string;
  readonly projectId: string;
}

export type Files = Readonly<Record<string, string | Uint8Array>>;

export async function readFolder(folder: string): Promise<Files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: Record<string, Uint8Array> = {};
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found[relative(folder, path).split(sep).join("/")] = await readFile(path);
  }
  return found;
}

export interface Stack {
  readonly worker: Worker;
  readonly backend: Backend;
}

export async function startStack(): Promise<Stack> {
  const backend = await startBackend();
  return { backend, worker: await startWorker(backend.url) };
}

export async function stopStack({ worker, backend }: Stack): Promise<void> {
  await worker.stop();
  await backend.stop();
}

export interface Options {
  readonly kind: PreviewKind;
  readonly entry: string;
  readonly files: Files;
  readonly previewId?: string;
  readonly projectId?: string;
  readonly version?: number;
  readonly env?: Record<string, string>;
  readonly live?: boolean;
}

/** Upload one version and give the job that builds it. */
export async function upload(
  stack: Stack,
  options: Options,
): Promise<{ job: object; jobId: string } & Omit<Sent, "callback">> {
  const { kind, entry, files, version = 1, env = {}, live = false } = options;
  const previewId = options.previewId ?? randomUUID();
  const projectId = options.projectId ?? randomUUID();
  const objects = new Objects(stack.worker.url);
  const prefix = `previews/${previewId}/v${version}/`;
  const contents = Object.entries(files).map(([path, content]) => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    return { path, bytes, sha256: sha256(bytes), size: bytes.length };
  });
  const distinct = [...new Map(contents.map((file) => [file.sha256, file])).values()];
  const manifest: SourceManifest = {
    schema: 1,
    kind,
    entry,
    platform: "ios",
    title: "Test",
    env,
    live,
    files: contents.map(({ path, sha256: hash, size }) => ({ path, sha256: hash, size })),
    packs: [{ key: `${prefix}pack-0`, sha256s: distinct.map((file) => file.sha256) }],
  };
  await objects.put(`${prefix}pack-0`, Buffer.concat(distinct.map((file) => file.bytes)));
  await objects.put(`${prefix}manifest.json`, JSON.stringify(manifest));
  const jobId = randomUUID();
  const job = {
    job_id: jobId,
    kind: "preview.build",
    attempt: 1,
    tier: "premium",
    preview: {
      preview_id: previewId,
      project_id: projectId,
      version,
      manifest_key: `${prefix}manifest.json`,
    },
  };
  const token = openToken({ preview_id: previewId, project_id: projectId });
  return { job, jobId, previewId, projectId, link: `${stack.worker.url}/p/${previewId}#${token}` };
}

export async function preview(stack: Stack, options: Options): Promise<Sent> {
  const { job, jobId, ...rest } = await upload(stack, options);
  const callback = stack.backend.awaitCallback(jobId);
  const response = await sendJob(stack.worker.url, `${jobId}.1`, job);
  if (response.status !== 202) throw new Error(`POST /jobs: ${response.status} ${await response.text()}`);
  return { callback: await callback, ...rest };
}

/** Store a request of documentation, and give the job that answers it. */
export async function documentation(stack: Stack, content: string) {
  const [jobId, projectId, requestId] = [randomUUID(), randomUUID(), randomUUID()];
  const key = `sources/${projectId}/ai-docs/${requestId}.json`;
  const context = { neighbours: [], symbols: [] };
  const hash = sha256(new TextEncoder().encode(content));
  const objects = new Objects(stack.worker.url);
  await objects.put(
    key,
    JSON.stringify({ path: "src/a.ts", sha256: hash, content, selection: null, context }),
  );
  const work = {
    ai_docs_id: requestId,
    project_id: projectId,
    request_key: key,
    result_key: `ai-docs/${jobId}.json`,
  };
  return { objects, job: { job_id: jobId, kind: "ai.docs", attempt: 1, tier: "free", ai_docs: work } };
}
