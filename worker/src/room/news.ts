/** Brings a build's beginning and end to the preview's room. */
import type { PreviewBuild } from "../contract.gen.ts";
import type { Bindings } from "../env.ts";
import { describe } from "../errors.ts";
import { logLine } from "../log.ts";

/** Phones hear of it at once; whoever misses it, or a room that fails, asks when it is needed. */
export async function tellRoom({ ROOMS }: Bindings, { preview_id, project_id }: PreviewBuild): Promise<void> {
  try {
    await ROOMS.get(ROOMS.idFromName(preview_id)).buildMoved(preview_id, project_id);
  } catch (error) {
    logLine("warning", "room not told", { error: describe(error) });
  }
}
