/**
 * Packs: small files in one object, one after another. Reading or writing hundreds of objects costs a second
 * or more, one object a few milliseconds; so packs stay whole. No byte leaves here unchecked.
 */
import type { FileEntry, Pack, StoredPack } from "../contract.gen.ts";
import { hex } from "../encoding.ts";
import { WorkerError } from "../errors.ts";
import { readPlace, requireObject, sourceKey } from "../storage.ts";

export interface PackedFile {
  readonly file: FileEntry;
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface OpenPack {
  /** Names the object that holds the pack. */
  readonly sha256: string;
  readonly files: readonly PackedFile[];
}

type ByHash = ReadonlyMap<string, FileEntry>;

/** Check an uploaded pack and store it as it is, named by its own hash; a second time changes nothing. */
export async function storePack(
  bucket: R2Bucket,
  projectId: string,
  pack: Pack,
  byHash: ByHash,
): Promise<OpenPack> {
  const places = inOrder(pack.sha256s.map((sha256) => known(byHash, sha256)));
  const object = await requireObject(bucket, pack.key);
  if (object.size !== endOf(places)) {
    throw new WorkerError("SOURCE_CHANGED", "An upload is incomplete. Start the preview again.");
  }
  const bytes = new Uint8Array(await object.arrayBuffer());
  const files = await cut(bytes, 0, places);
  const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
  await bucket.put(sourceKey(projectId, sha256), bytes, { sha256 });
  return { sha256, files };
}

/** Read those files of a stored pack that this version has, in one piece, and check them again. */
export async function readPack(
  bucket: R2Bucket,
  projectId: string,
  { sha256, offsets }: StoredPack,
  byHash: ByHash,
): Promise<OpenPack> {
  const places = Object.entries(offsets).map(([name, offset]) => ({ file: known(byHash, name), offset }));
  const start = Math.min(...places.map(({ offset }) => offset));
  const bytes = await readPlace(bucket, projectId, { object: sha256, offset: start }, endOf(places) - start);
  return { sha256, files: await cut(bytes, start, places) };
}

/** Raise `SOURCE_CHANGED` unless these are the bytes that the manifest means. */
export async function checkBytes(file: FileEntry, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  checkHash(file, await crypto.subtle.digest("SHA-256", bytes));
}

export function checkHash(file: FileEntry, digest: ArrayBuffer): void {
  if (hex(digest) === file.sha256) return;
  throw new WorkerError(
    "SOURCE_CHANGED",
    `${file.path} changed while it was uploaded. Start the preview again.`,
    { message: "The file changed while it was uploaded.", file: file.path },
  );
}

interface FilePlace {
  readonly file: FileEntry;
  readonly offset: number;
}

function known(byHash: ByHash, sha256: string): FileEntry {
  const file = byHash.get(sha256);
  if (!file)
    throw new WorkerError("VALIDATION_ERROR", "A pack holds a file that the manifest does not name.");
  return file;
}

function inOrder(files: readonly FileEntry[]): FilePlace[] {
  let offset = 0;
  return files.map((file) => ({ file, offset: (offset += file.size) - file.size }));
}

function endOf(places: readonly FilePlace[]): number {
  return Math.max(0, ...places.map(({ file, offset }) => offset + file.size));
}

async function cut(
  bytes: Uint8Array<ArrayBuffer>,
  start: number,
  places: readonly FilePlace[],
): Promise<PackedFile[]> {
  return Promise.all(
    places.map(async ({ file, offset }) => {
      const piece = bytes.subarray(offset - start, offset - start + file.size);
      await checkBytes(file, piece);
      return { file, offset, bytes: piece };
    }),
  );
}
