/** Which screen tells a person about what the Worker, or the network, refused. */
import { Offline, Refused } from "./api.ts";
import * as screens from "./screens.ts";

/** Give the screen; `retry` is offered where trying again can help. */
export function screenFor(error: unknown, opening: boolean, retry: () => void): HTMLElement {
  if (error instanceof Offline) return screens.offline(retry);
  if (!(error instanceof Refused)) return screens.broken("Something went wrong in this page.", retry);
  switch (error.code) {
    case "PREVIEW_EXPIRED":
      return opening ? screens.linkExpired() : screens.ended();
    case "TIER_LIMIT":
      return screens.tooMany(error.message, retry);
    case "NOT_FOUND":
      return screens.notFound();
    case "AUTH_REQUIRED":
    case "AUTH_INVALID":
    case "FORBIDDEN":
      return screens.notLetIn(error.message);
    default:
      return screens.broken(error.message, retry);
  }
}
