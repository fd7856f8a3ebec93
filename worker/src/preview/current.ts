/** Keeps `current.json`: the newest finished version of a preview. It never goes back to an older one. */
import type { CallbackError } from "../contract.gen.ts";
import { currentKey } from "../storage.ts";
import type { Current } from "./artifact.ts";

const TRIES_MAX = 5;

export async function readCurrent(bucket: R2Bucket, previewId: string): Promise<Current | null> {
  const object = await bucket.get(currentKey(previewId));
  return object === null ? null : object.json<Current>();
}

/** Record that a version is finished; two builds that end together are told apart by conditional writes. */
export async function finishVersion(
  bucket: R2Bucket,
  previewId: string,
  version: number,
  error: CallbackError | null,
): Promise<void> {
  for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
    const object = await bucket.get(currentKey(previewId));
    const before = object === null ? null : await object.json<Current>();
    if (before && before.version > version) return;
    const onlyIf = object === null ? { etagDoesNotMatch: "*" } : { etagMatches: object.etag };
    const text = JSON.stringify(nextCurrent(before, version, error));
    const written = await bucket.put(currentKey(previewId), text, {
      onlyIf,
      httpMetadata: { contentType: "application/json" },
    });
    if (written !== null) return;
  }
  throw new Error("current.json kept changing");
}

function nextCurrent(before: Current | null, version: number, error: CallbackError | null): Current {
  return {
    schema: 1,
    version,
    state: error === null ? "ready" : "failed",
    ready_version: error === null ? version : (before?.ready_version ?? null),
    error,
  };
}
