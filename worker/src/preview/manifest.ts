/** Reads a version's manifest and refuses what a correct backend would never have written. */
import { conforms } from "../contract.ts";
import { LIMITS, type PreviewBuild, type SourceManifest } from "../contract.gen.ts";
import { utf8 } from "../encoding.ts";
import { WorkerError } from "../errors.ts";
import { isSha256, requireObject, versionPrefix } from "../storage.ts";
import { isSourceText } from "./media.ts";
import { isSafePath } from "./paths.ts";

export async function loadManifest(bucket: R2Bucket, build: PreviewBuild): Promise<SourceManifest> {
  const object = await requireObject(bucket, build.manifest_key);
  return checkManifest(await object.json(), build);
}

/** Give the manifest if all it says can be trusted, else raise `VALIDATION_ERROR` or `PAYLOAD_TOO_LARGE`. */
export function checkManifest(value: unknown, build: PreviewBuild): SourceManifest {
  if (!conforms("SourceManifest", value)) throw malformed("it has not the agreed shape");
  if (value.files.length > LIMITS.MANIFEST_FILES) {
    throw new WorkerError("PAYLOAD_TOO_LARGE", `A preview has at most ${LIMITS.MANIFEST_FILES} files.`);
  }
  checkFiles(value);
  checkPacks(value, versionPrefix(build.preview_id, build.version));
  checkStored(value);
  checkLinks(value);
  checkNarrowed(value);
  checkTextSize(value);
  return value;
}

function checkFiles({ files, entry }: SourceManifest): void {
  const seen = new Set<string>();
  for (const { path, sha256, size } of files) {
    if (!isSafePath(path) || utf8(path).length > LIMITS.PATH_BYTES) throw malformed("a path is not allowed");
    if (seen.has(path)) throw malformed("a path stands twice");
    if (!isSha256(sha256) || !Number.isSafeInteger(size) || size < 0)
      throw malformed("a hash or size is wrong");
    seen.add(path);
  }
  if (!seen.has(entry)) throw malformed("its entry is not one of its files");
}

function checkPacks({ packs, files }: SourceManifest, prefix: string): void {
  const known = new Set(files.map((file) => file.sha256));
  for (const pack of packs) {
    // A key outside this version's folder could read another preview's objects.
    if (!/^pack-\d{1,4}$/.test(pack.key.slice(prefix.length)) || !pack.key.startsWith(prefix)) {
      throw malformed("a pack lies outside its folder");
    }
    if (!pack.sha256s.every((sha256) => known.has(sha256))) throw malformed("a pack holds an unknown file");
  }
}

function checkStored({ stored, files }: SourceManifest): void {
  const known = new Set(files.map((file) => file.sha256));
  for (const { sha256, offsets } of stored ?? []) {
    const places = Object.entries(offsets);
    if (!isSha256(sha256) || places.length === 0) throw malformed("a stored pack has no name or no files");
    if (!places.every(([file, offset]) => known.has(file) && Number.isSafeInteger(offset) && offset >= 0)) {
      throw malformed("a file's place in a stored pack is wrong");
    }
  }
}

function checkLinks({ links }: SourceManifest): void {
  if (
    !Object.entries(links ?? {})
      .flat()
      .every(isSafePath)
  )
    throw malformed("a link is not allowed");
}

function checkNarrowed({ narrowed }: SourceManifest): void {
  // The names become code.
  const names = Object.values(narrowed ?? {}).flatMap((origins) =>
    Object.entries(origins).flatMap(([name, origin]) => [name, origin?.name ?? name]),
  );
  if (!names.every((name) => /^[\w$]+$/.test(name))) throw malformed("an exported name is none");
}

function checkTextSize({ files }: SourceManifest): void {
  const total = files.reduce((sum, file) => sum + (isSourceText(file.path) ? file.size : 0), 0);
  if (total > LIMITS.SOURCE_TEXT_BYTES) {
    const [has, may] = [total, LIMITS.SOURCE_TEXT_BYTES].map((bytes) => (bytes / 1024 / 1024).toFixed(1));
    throw new WorkerError(
      "PAYLOAD_TOO_LARGE",
      `The source text has ${has} MB; a preview has at most ${may} MB.`,
    );
  }
}

function malformed(reason: string): WorkerError {
  return new WorkerError("VALIDATION_ERROR", `The preview's manifest is malformed: ${reason}.`);
}
