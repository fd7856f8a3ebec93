/** `POST /p/{preview_id}/session`: exchanges the link's token for one of this device. */
import { readBody } from "../../body.ts";
import { WorkerError } from "../../errors.ts";
import type { RequestContext } from "../../router.ts";
import { checkToken, mintDeviceToken, newestKey, previewKeys, type TokenKey } from "../../tokens.ts";
import { previewIdOf, PRIVATE_HEADERS } from "./access.ts";

const BODY_BYTES_MAX = 8 * 1024;

export async function openSession(context: RequestContext): Promise<Response> {
  const previewId = previewIdOf(context);
  const { token, device } = await readTokens(context.request);
  const keys = await previewKeys(context.settings);
  const claims = await checkToken(keys, token, { previewId, use: "open" });
  const known = await knownDevice(keys, device, previewId);
  const session = await mintDeviceToken(await newestKey(context.settings), claims, known);
  return Response.json(session, { headers: PRIVATE_HEADERS });
}

/** A device that scans the code again is still one device. A token that is no good makes it a new one. */
async function knownDevice(
  keys: readonly TokenKey[],
  token: string | undefined,
  previewId: string,
): Promise<string | undefined> {
  if (token === undefined) return undefined;
  try {
    return (await checkToken(keys, token, { previewId, use: "device" })).device_id ?? undefined;
  } catch (error) {
    if (error instanceof WorkerError) return undefined;
    throw error;
  }
}

interface Tokens {
  readonly token: string;
  readonly device: string | undefined;
}

async function readTokens(request: Request): Promise<Tokens> {
  const body = parse(new TextDecoder().decode(await readBody(request, BODY_BYTES_MAX)));
  if (typeof body === "object" && body !== null && "token" in body && typeof body.token === "string") {
    const device = "device" in body && typeof body.device === "string" ? body.device : undefined;
    return { token: body.token, device };
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
