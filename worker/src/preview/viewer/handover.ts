/**
 * `POST /p/{preview_id}/handover`: a device that has the preview open gets a link for another one. It gives no
 * more than its own token does: the same preview, to look at, no longer than the preview lasts; and it must be
 * opened within ten minutes. How many devices may be in at once stands in the claims and goes along.
 */
import type { RequestContext } from "../../router.ts";
import { mintHandoverToken, newestKey } from "../../tokens.ts";
import { PRIVATE_HEADERS, requireDevice } from "./access.ts";

export async function handOver(context: RequestContext): Promise<Response> {
  const claims = await requireDevice(context);
  const now = Math.floor(Date.now() / 1000);
  const handover = await mintHandoverToken(await newestKey(context.settings), claims, now);
  return Response.json(handover, { headers: PRIVATE_HEADERS });
}
