/**
 * A version's files: source text in memory, everything else where it lies in R2, every byte checked
 * against its hash. Packed files are stored under their hashes, so that the next version need not send them.
 */
import pMap from "p-map";
import type { FileEntry, PreviewBuild, SourceManifest } from "../contract.gen.ts";
import { hex, utf8 } from "../encoding.ts";
import { WorkerError } from "../errors.ts";
import { requireObject, sourceKey } from "../storage.ts";
import { isBundled } from "./media.ts";
import { PackReader } from "./pack.ts";

/** A Worker has six connections at a time; more requests would only wait in memory. */
const CONCURRENCY = 6;

export class Sources {
  readonly files: ReadonlyMap<string, FileEntry>;
  readonly #texts: ReadonlyMap<string, string>;

  constructor(
    private readonly bucket: R2Bucket,
    private readonly projectId: string,
    files: readonly FileEntry[],
    texts: ReadonlyMap<string, string>,
  ) {
    this.files = new Map(files.map((file) => [file.path, file]));
    this.#texts = texts;
  }

  has(path: string): boolean {
    return this.files.has(path);
  }

  /** Give the text of a source file that the manifest lists, or undefined. */
  text(path: string): string | undefined {
    const file = this.files.get(path);
    return file && this.#texts.get(file.sha256);
  }

  /** Fetch a file that is not kept in memory; `limit` stops after that many bytes. */
  async fetch(path: string, limit?: number): Promise<Uint8Array<ArrayBuffer>> {
    const file = this.files.get(path);
    if (!file) throw new WorkerError("NOT_FOUND", `${path} is not part of this preview.`);
    const held = this.#texts.get(file.sha256);
    if (held !== undefined) return utf8(held);
    const key = sourceKey(this.projectId, file.sha256);
    const range = limit !== undefined && limit < file.size ? { range: { offset: 0, length: limit } } : {};
    const object = await this.bucket.get(key, range);
    if (object === null) throw missing(path);
    return new Uint8Array(await object.arrayBuffer());
  }
}

/** Load a version's files. When it returns, every file is verified and stored under its own hash. */
export async function loadSources(
  bucket: R2Bucket,
  build: PreviewBuild,
  manifest: SourceManifest,
): Promise<Sources> {
  // One content may stand under several names: the one that makes it source text decides.
  const textLast = manifest.files.toSorted((a, b) => Number(isBundled(a.path)) - Number(isBundled(b.path)));
  const byHash = new Map(textLast.map((file) => [file.sha256, file]));
  const texts = new Map<string, string>();
  const keepText = (file: FileEntry, bytes: Uint8Array): void => {
    if (isBundled(file.path)) texts.set(file.sha256, decode(file.path, bytes));
  };
  const unpacked = new Map(byHash);
  for (const pack of manifest.packs) {
    await unpack(bucket, build.project_id, pack.key, filesOf(pack.sha256s, byHash), keepText);
    for (const sha256 of pack.sha256s) unpacked.delete(sha256);
  }
  await pMap(unpacked.values(), (file) => readStored(bucket, build.project_id, file, keepText), {
    concurrency: CONCURRENCY,
  });
  return new Sources(bucket, build.project_id, manifest.files, texts);
}

type Keep = (file: FileEntry, bytes: Uint8Array) => void;

function filesOf(hashes: readonly string[], byHash: ReadonlyMap<string, FileEntry>): FileEntry[] {
  return hashes.map((sha256) => byHash.get(sha256)).filter((file) => file !== undefined);
}

async function unpack(
  bucket: R2Bucket,
  projectId: string,
  key: string,
  files: readonly FileEntry[],
  keep: Keep,
): Promise<void> {
  const reader = new PackReader((await requireObject(bucket, key)).body as ReadableStream<Uint8Array>);
  try {
    // The reader is sequential, and p-map asks it for the next file only when a store has finished.
    await pMap(cut(reader, files), ({ file, bytes }) => storeVerified(bucket, projectId, file, bytes, keep), {
      concurrency: CONCURRENCY,
    });
  } finally {
    await reader.cancel();
  }
}

async function* cut(reader: PackReader, files: readonly FileEntry[]): AsyncGenerator<FileBytes> {
  for (const file of files) yield { file, bytes: await reader.take(file.size) };
}

interface FileBytes {
  readonly file: FileEntry;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

async function storeVerified(
  bucket: R2Bucket,
  projectId: string,
  file: FileEntry,
  bytes: Uint8Array<ArrayBuffer>,
  keep: Keep,
): Promise<void> {
  checkHash(file, await crypto.subtle.digest("SHA-256", bytes));
  keep(file, bytes);
  // R2 compares the hash once more and remembers it: `readStored` then need not read the bytes again.
  await bucket.put(sourceKey(projectId, file.sha256), bytes, { sha256: file.sha256 });
}

async function readStored(bucket: R2Bucket, projectId: string, file: FileEntry, keep: Keep): Promise<void> {
  const key = sourceKey(projectId, file.sha256);
  if (!isBundled(file.path) && (await isVerified(bucket, key, file))) return;
  const object = await bucket.get(key);
  if (object === null) throw missing(file.path);
  if (!isBundled(file.path)) {
    // Up to 50 MB: hashed as it streams, never held.
    const digest = new crypto.DigestStream("SHA-256");
    await object.body.pipeTo(digest);
    checkHash(file, await digest.digest);
    return;
  }
  const bytes = new Uint8Array(await object.arrayBuffer());
  checkHash(file, await crypto.subtle.digest("SHA-256", bytes));
  keep(file, bytes);
}

async function isVerified(bucket: R2Bucket, key: string, file: FileEntry): Promise<boolean> {
  const head = await bucket.head(key);
  return head?.checksums.sha256 !== undefined && hex(head.checksums.sha256) === file.sha256;
}

function checkHash(file: FileEntry, digest: ArrayBuffer): void {
  if (hex(digest) === file.sha256) return;
  throw new WorkerError(
    "SOURCE_CHANGED",
    `${file.path} changed while it was uploaded. Start the preview again.`,
    {
      message: "The file changed while it was uploaded.",
      file: file.path,
    },
  );
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    const message = "The file is not UTF-8 text.";
    throw new WorkerError("PREVIEW_BUILD_FAILED", `${path} is not UTF-8 text.`, {
      message,
      file: path,
      hint: "Save it as UTF-8.",
    });
  }
}

function missing(path: string): WorkerError {
  return new WorkerError("NOT_FOUND", `${path} was never uploaded. Start the preview again.`);
}
