/** `GET /p/{preview_id}/room`: lets a checked phone, or the agent, into the preview's room. */
import type { PreviewClaims } from "../contract.gen.ts";
import { WorkerError } from "../errors.ts";
import { previewIdOf } from "../preview/viewer/access.ts";
import type { RequestContext } from "../router.ts";
import { checkToken, previewKeys } from "../tokens.ts";
import { ROOM_PROTOCOL } from "./messages.ts";

/** How the checked claims reach the room, which nobody but this Worker can call. */
export const CLAIMS_HEADER = "x-hivesync-claims";

export async function joinRoom(context: RequestContext): Promise<Response> {
  const previewId = previewIdOf(context);
  const { request, bindings } = context;
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    throw new WorkerError("VALIDATION_ERROR", "The room is for WebSockets only.");
  }
  const claims = await claimsOf(context, previewId, offeredToken(request));
  const room = bindings.ROOMS.get(bindings.ROOMS.idFromName(previewId));
  const headers = { upgrade: "websocket", [CLAIMS_HEADER]: JSON.stringify(claims) };
  const answer = await room.fetch("https://room/", { headers });
  // The answer of a room can't be changed, and the router adds to it.
  return new Response(null, {
    status: answer.status,
    webSocket: answer.webSocket,
    headers: { "sec-websocket-protocol": ROOM_PROTOCOL },
  });
}

/** The token comes as a subprotocol: browsers let pages choose nothing else that stands in no address. */
function offeredToken(request: Request): string {
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((each) => each.trim());
  const [protocol, token, ...more] = offered;
  if (protocol !== ROOM_PROTOCOL || !token || more.length > 0) {
    throw new WorkerError("AUTH_REQUIRED", "Open the preview by its link or code.");
  }
  return token;
}

async function claimsOf(
  { settings }: RequestContext,
  previewId: string,
  token: string,
): Promise<PreviewClaims> {
  const keys = await previewKeys(settings);
  const claims = await checkToken(keys, token, { previewId, use: ["device", "publish"] });
  if (claims.use === "publish" ? claims.role !== "publisher" : !claims.device_id) {
    throw new WorkerError("AUTH_INVALID", "This token opens no room.");
  }
  return claims;
}
