/** Names of the objects in R2. They are built from checked ids only, so none can point outside its folder. */
import { WorkerError } from "./errors.ts";

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SHA256 = /^[0-9a-f]{64}$/;

export function isId(value: string): boolean {
  return ID.test(value);
}

export function isSha256(value: string): boolean {
  return SHA256.test(value);
}

/** Where a file's bytes begin: in an object of the project that is named by the hash of all it holds. */
export interface Place {
  readonly object: string;
  readonly offset: number;
}

/** Give the object name of a project's source file, or of a pack of them, by its hash. */
export function sourceKey(projectId: string, sha256: string): string {
  return `sources/${projectId}/${sha256}`;
}

/** Give the folder, with its slash, of one version's manifest, packs and artifacts. */
export function versionPrefix(previewId: string, version: number): string {
  return `previews/${previewId}/v${version}/`;
}

/** Give the object name, in R2, of a request for documentation: the file with its surroundings. */
export function aiDocsRequestKey(projectId: string, aiDocsId: string): string {
  return `sources/${projectId}/ai-docs/${aiDocsId}.json`;
}

/** Give the object name, in R2_ARTIFACTS, of what a job of documentation has made. */
export function aiDocsResultKey(jobId: string): string {
  return `ai-docs/${jobId}.json`;
}

/** The object that tells the phone page which version is the newest finished one. */
export function currentKey(previewId: string): string {
  return `previews/${previewId}/current.json`;
}

/** Give a parsed JSON object, or null when there is none. */
export async function readJson(bucket: R2Bucket, key: string): Promise<unknown> {
  const object = await bucket.get(key);
  return object === null ? null : object.json();
}

export async function writeJson(bucket: R2Bucket, key: string, value: unknown): Promise<number> {
  const text = JSON.stringify(value);
  await bucket.put(key, text, { httpMetadata: { contentType: "application/json" } });
  return text.length;
}

/** Give the object, or raise: what a job or an artifact names must be there. */
export async function requireObject(
  bucket: R2Bucket,
  key: string,
  options: Pick<R2GetOptions, "range"> = {},
): Promise<R2ObjectBody> {
  const object = await bucket.get(key, options);
  if (object === null)
    throw new WorkerError("NOT_FOUND", "An uploaded file is missing. Start the preview again.");
  return object;
}

/** Open `length` bytes of a project's stored object; null for none, since a range must not be empty. */
export async function openPlace(
  bucket: R2Bucket,
  projectId: string,
  { object, offset }: Place,
  length: number,
): Promise<R2ObjectBody | null> {
  if (length === 0) return null;
  return requireObject(bucket, sourceKey(projectId, object), { range: { offset, length } });
}

export async function readPlace(
  bucket: R2Bucket,
  projectId: string,
  place: Place,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const found = await openPlace(bucket, projectId, place, length);
  return new Uint8Array(found === null ? [] : await found.arrayBuffer());
}
