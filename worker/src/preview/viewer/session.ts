/** `POST /p/{preview_id}/session`: exchanges the link's token for one of this device. */
import { readBody } from "../../body.ts";
import { WorkerError } from "../../errors.ts";
import type { RequestContext } from "../../router.ts";
import { checkToken, mintDeviceToken, previewKeys } from "../../tokens.ts";
import { previewIdOf, PRIVATE_HEADERS } from "./access.ts";

const BODY_BYTES_MAX = 8 * 1024;

export async function openSession(context: RequestContext): Promise<Response> {
  const previewId = previewIdOf(context);
  const token = await readToken(context.request);
  const keys = await previewKeys(context.settings);
  const claims = await checkToken(keys, token, { previewId, use: "open" });
  const [newest] = keys;
  if (!newest) throw new WorkerError("INTERNAL_ERROR", "The Worker has no key for previews.");
  return Response.json(await mintDeviceToken(newest, claims), { headers: PRIVATE_HEADERS });
}

async function readToken(request: Request): Promise<string> {
  const body = parse(new TextDecoder().decode(await readBody(request, BODY_BYTES_MAX)));
  if (typeof body === "object" && body !== null && "token" in body && typeof body.token === "string") {
    return body.token;
  }
  throw new WorkerError("VALIDATION_ERROR", 'The body must be {"token": "…"}.');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
