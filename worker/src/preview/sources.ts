/**
 * A version's files: source text in memory, everything else where it lies in R2, every byte checked
 * against its hash. What was uploaded is stored for the project, so that the next version need not send it.
 */
import pMap from "p-map";
import type { FileEntry, PreviewBuild, SourceManifest } from "../contract.gen.ts";
import { hex, utf8 } from "../encoding.ts";
import { WorkerError } from "../errors.ts";
import { readPlace, sourceKey, type Place } from "../storage.ts";
import { isBundled } from "./media.ts";
import { checkBytes, checkHash, readPack, storePack, type OpenPack } from "./packs.ts";

/** A Worker has six connections at a time; more requests would only wait in memory. */
const CONCURRENCY = 6;

export class Sources {
  readonly #files: Map<string, FileEntry>;
  readonly #texts = new Map<string, string>();
  readonly #packed = new Map<string, Place>();
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

  constructor(
    private readonly bucket: R2Bucket,
    private readonly projectId: string,
    files: readonly FileEntry[],
  ) {
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  get files(): ReadonlyMap<string, FileEntry> {
    return this.#files;
  }

  /** Put text that was saved since in the place of a file's; it has no object in R2. */
  replace(path: string, text: string, size: number): void {
    const sha256 = `saved/${path}`;
    this.#files.set(path, { path, size, sha256 });
    this.#texts.set(sha256, text);
  }

  has(path: string): boolean {
    return this.files.has(path);
  }

  /** Give the text of a source file that the manifest lists, or undefined. */
  text(path: string): string | undefined {
    const file = this.files.get(path);
    return file && this.#texts.get(file.sha256);
  }

  /** Tell where a file's bytes lie: in a pack, or in an object of its own. */
  placeOf({ sha256 }: FileEntry): Place {
    return this.#packed.get(sha256) ?? { object: sha256, offset: 0 };
  }

  /** Fetch a file that is not kept in memory; `limit` stops after that many bytes. */
  async fetch(path: string, limit = Infinity): Promise<Uint8Array<ArrayBuffer>> {
    const file = this.files.get(path);
    if (!file) throw new WorkerError("NOT_FOUND", `${path} is not part of this preview.`);
    const held = this.#texts.get(file.sha256);
    if (held !== undefined) return utf8(held);
    const length = Math.min(file.size, limit);
    return readPlace(this.bucket, this.projectId, this.placeOf(file), length);
  }

  /** Take over what a pack holds. */
  addPack({ sha256, files }: OpenPack): void {
    for (const { file, offset, bytes } of files) {
      this.#packed.set(file.sha256, { object: sha256, offset });
      this.add(file, bytes);
    }
  }

  /** Keep the text of a checked file, if it has one that the bundler reads. */
  add(file: FileEntry, bytes: Uint8Array): void {
    if (isBundled(file.path)) this.#texts.set(file.sha256, this.#decode(file.path, bytes));
  }

  /** Keep the text of a file that the bundler does not read. */
  async keep(path: string): Promise<void> {
    const file = this.files.get(path);
    if (file) this.#texts.set(file.sha256, this.#decode(path, await this.fetch(path)));
  }

  #decode(path: string, bytes: Uint8Array): string {
    try {
      return this.#utf8.decode(bytes);
    } catch {
      const message = "The file is not UTF-8 text.";
      throw new WorkerError("PREVIEW_BUILD_FAILED", `${path} is not UTF-8 text.`, {
        message,
        file: path,
        hint: "Save it as UTF-8.",
      });
    }
  }
}

export interface LoadedSources {
  readonly sources: Sources;
  /** The name under which each uploaded pack is now stored, in the manifest's order. */
  readonly packs: readonly string[];
}

/** Load a version's files. When it returns, every file is verified and stored for the project. */
export async function loadSources(
  bucket: R2Bucket,
  { project_id }: PreviewBuild,
  manifest: SourceManifest,
): Promise<LoadedSources> {
  const sources = new Sources(bucket, project_id, manifest.files);
  // One content may stand under several names: the one that makes it source text decides.
  const textLast = manifest.files.toSorted((a, b) => Number(isBundled(a.path)) - Number(isBundled(b.path)));
  const byHash = new Map(textLast.map((file) => [file.sha256, file]));
  const single = new Map(byHash);
  const take = (pack: OpenPack): string => {
    sources.addPack(pack);
    for (const { file } of pack.files) single.delete(file.sha256);
    return pack.sha256;
  };
  // One at a time: a pack may have 8 MB, and the isolate has 128.
  const packs = [];
  for (const pack of manifest.packs) packs.push(take(await storePack(bucket, project_id, pack, byHash)));
  for (const pack of manifest.stored ?? []) take(await readPack(bucket, project_id, pack, byHash));
  const readOne = async (file: FileEntry): Promise<void> => readSingle(bucket, project_id, file, sources);
  await pMap(single.values(), readOne, { concurrency: CONCURRENCY });
  if (manifest.kind === "markdown") await sources.keep(manifest.entry);
  return { sources, packs };
}

/** Read, or only check, a file that has an object of its own. */
async function readSingle(
  bucket: R2Bucket,
  projectId: string,
  file: FileEntry,
  sources: Sources,
): Promise<void> {
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
  await checkBytes(file, bytes);
  sources.add(file, bytes);
}

/** R2 compared the bytes with their hash when they were stored, where the store knows checksums. */
async function isVerified(bucket: R2Bucket, key: string, file: FileEntry): Promise<boolean> {
  const head = await bucket.head(key);
  return head?.checksums.sha256 !== undefined && hex(head.checksums.sha256) === file.sha256;
}

function missing(path: string): WorkerError {
  return new WorkerError("NOT_FOUND", `${path} was never uploaded. Start the preview again.`);
}
