/** A version's artifacts and assets, to the bearer of a device token. Only what the build listed is reachable. */
import { WorkerError } from "../../errors.ts";
import type { RequestContext } from "../../router.ts";
import { isSha256, openPlace, readJson, versionPrefix } from "../../storage.ts";
import type { Artifact } from "../artifact.ts";
import { MAPS, MODULES } from "../program.ts";
import { PRIVATE_HEADERS, requireDevice } from "./access.ts";

const BYTES = "application/octet-stream";
const CACHE_HEADERS = {
  ...PRIVATE_HEADERS,
  "content-security-policy": "default-src 'none'; sandbox",
  "content-disposition": "attachment",
  "cache-control": "private, max-age=0, must-revalidate",
};
const NAMES = new Set(["artifact.json", MODULES, MAPS]);
const PROGRAM = /^(app|page-\d{1,3})\.(js|css|js\.map)$/;

/** `GET /p/{preview_id}/v/{version}/{name}` */
export async function showArtifact(context: RequestContext): Promise<Response> {
  const { preview_id } = await requireDevice(context);
  const name = context.params["name"] ?? "";
  if (!NAMES.has(name) && !PROGRAM.test(name)) throw notFound();
  const key = `${versionPrefix(preview_id, versionOf(context))}${name}`;
  const object = await context.bindings.R2.get(key, { onlyIf: context.request.headers });
  if (object === null) throw notFound();
  const type = object.httpMetadata?.contentType ?? BYTES;
  return "body" in object ? send(object.body, object.httpEtag, type) : unchanged(object.httpEtag);
}

/** `GET /p/{preview_id}/v/{version}/asset/{sha256}` */
export async function showAsset(context: RequestContext): Promise<Response> {
  const { preview_id, project_id } = await requireDevice(context);
  const sha256 = context.params["sha256"] ?? "";
  if (!isSha256(sha256)) throw notFound();
  const key = `${versionPrefix(preview_id, versionOf(context))}artifact.json`;
  const artifact = (await readJson(context.bindings.R2, key)) as Artifact | null;
  const asset = artifact?.assets.find((candidate) => candidate.sha256 === sha256);
  if (!asset) throw notFound();
  const etag = `"${sha256}"`;
  if (context.request.headers.get("if-none-match")?.includes(etag)) return unchanged(etag);
  const found = await openPlace(context.bindings.R2, project_id, asset, asset.size);
  // Never by its own type: nothing of a project may be rendered or run as a document of our origin.
  return send(found?.body ?? null, etag, BYTES);
}

function send(body: ReadableStream | null, etag: string, type: string): Response {
  return new Response(body, { headers: { ...CACHE_HEADERS, etag, "content-type": type } });
}

function unchanged(etag: string): Response {
  return new Response(null, { status: 304, headers: { ...CACHE_HEADERS, etag } });
}

function versionOf({ params }: RequestContext): number {
  const text = params["version"] ?? "";
  if (!/^[1-9]\d{0,8}$/.test(text)) throw notFound();
  return Number(text);
}

function notFound(): WorkerError {
  return new WorkerError("NOT_FOUND", "This preview has no such file.");
}
