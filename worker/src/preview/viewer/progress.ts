/**
 * `GET /p/{preview_id}/current?after=…`: waits until there is something newer than what the page knows; for a phone that
 * no WebSocket reaches, or not yet. Of a live preview it also gives what saves have changed.
 */
import type { PreviewKind, SourceManifest } from "../../contract.gen.ts";
import { TierLimit } from "../../errors.ts";
import { crowded } from "../../room/members.ts";
import type { Heard, Polled } from "../../room/messages.ts";
import type { RequestContext } from "../../router.ts";
import { readJson, versionPrefix } from "../../storage.ts";
import type { CurrentAnswer, Unfinished } from "../artifact.ts";
import { preludeUrls } from "../build.ts";
import { readCurrent } from "../current.ts";
import { PRIVATE_HEADERS, requireDevice } from "./access.ts";

const WAIT_MS = 20_000;
const FIRST_PAUSE_MS = 150;
const LONGEST_PAUSE_MS = 1_000;

/** What every preview of a kind needs; of the others only the build can tell. */
const PRELUDES: Readonly<Partial<Record<PreviewKind, readonly string[]>>> = {
  react_native: ["react_native"],
};

export async function awaitCurrent(context: RequestContext): Promise<Response> {
  const claims = await requireDevice(context);
  const room = context.bindings.ROOMS.get(context.bindings.ROOMS.idFromName(claims.preview_id));
  if (!(await room.admits(claims))) throw new TierLimit(crowded(claims), claims.devices ?? 1);
  const { searchParams } = context.url;
  const known = searchParams.get("after");
  const seen = { version: count(searchParams.get("version")), seq: count(searchParams.get("seq")) };
  const { signal } = context.request;
  const deadline = Date.now() + WAIT_MS;
  let answer = await look(context.bindings.R2, claims.preview_id);
  let heard = await room.hear(seen);
  // Each look is a read of R2, so they become rarer the longer nothing comes.
  for (let pause = FIRST_PAUSE_MS; stampOf(answer, heard) === known && Date.now() < deadline; pause *= 1.3) {
    if (signal.aborted) break;
    await sleep(Math.min(pause, LONGEST_PAUSE_MS));
    answer = await look(context.bindings.R2, claims.preview_id, answer);
    heard &&= await room.hear(seen);
  }
  const polled: Polled = { ...answer, changes: heard?.changes ?? null };
  return Response.json(polled, { headers: { ...PRIVATE_HEADERS, "x-current": stampOf(answer, heard) } });
}

/** Give what is newest of a preview; `before` is what was answered last. */
export async function look(
  bucket: R2Bucket,
  previewId: string,
  before: CurrentAnswer | null = null,
): Promise<CurrentAnswer> {
  const current = await readCurrent(bucket, previewId);
  if (current !== null) return current;
  // That a build has begun is not taken back, and its manifest may be large.
  return before?.state === "building" ? before : lookAhead(bucket, previewId);
}

/** The manifest is written when all files are there. */
async function lookAhead(bucket: R2Bucket, previewId: string): Promise<Unfinished> {
  const key = `${versionPrefix(previewId, 1)}manifest.json`;
  const manifest = (await readJson(bucket, key)) as SourceManifest | null;
  if (manifest === null) return { schema: 1, version: 0, state: "preparing", preludes: [] };
  const preludes = preludeUrls(PRELUDES[manifest.kind] ?? []);
  return { schema: 1, version: 0, state: "building", preludes };
}

/** What the page sends back as `after`; a version may fail and then, built again, succeed. */
function stampOf({ version, state }: CurrentAnswer, heard: Heard | null): string {
  return heard === null || heard.saves === 0 ? `${version}-${state}` : `${version}-${state}-${heard.saves}`;
}

function count(text: string | null): number {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : 0;
}

async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
