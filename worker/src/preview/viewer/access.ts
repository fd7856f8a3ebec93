/** Who may see a preview: the bearer of a device token of exactly that preview. */
import type { PreviewClaims } from "../../contract.gen.ts";
import { WorkerError } from "../../errors.ts";
import type { RequestContext } from "../../router.ts";
import { isId } from "../../storage.ts";
import { checkToken, previewKeys } from "../../tokens.ts";

export const PRIVATE_HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** Give the checked id of the preview in the address. */
export function previewIdOf({ params }: RequestContext): string {
  const id = params["id"] ?? "";
  if (!isId(id)) throw new WorkerError("NOT_FOUND", "There is no such preview.");
  return id;
}

export async function requireDevice(context: RequestContext): Promise<PreviewClaims> {
  const previewId = previewIdOf(context);
  const [scheme, token] = (context.request.headers.get("authorization") ?? "").split(" ", 2);
  if (scheme?.toLowerCase() !== "bearer" || !token) {
    throw new WorkerError("AUTH_REQUIRED", "Open the preview by its link or code.");
  }
  return checkToken(await previewKeys(context.settings), token, { previewId, use: "device" });
}
