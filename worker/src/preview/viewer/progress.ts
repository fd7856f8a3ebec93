/** `GET /p/{preview_id}/current?after=…`: waits until there is something newer than what the page knows. */
import type { RequestContext } from "../../router.ts";
import type { Current, CurrentAnswer } from "../artifact.ts";
import { readCurrent } from "../current.ts";
import { PRIVATE_HEADERS, requireDevice } from "./access.ts";

const WAIT_MS = 20_000;
const FIRST_PAUSE_MS = 150;
const LONGEST_PAUSE_MS = 1_000;

const BUILDING: CurrentAnswer = { schema: 1, version: 0, state: "building" };

export async function awaitCurrent(context: RequestContext): Promise<Response> {
  const { preview_id } = await requireDevice(context);
  const known = context.url.searchParams.get("after");
  const { signal } = context.request;
  const deadline = Date.now() + WAIT_MS;
  let current = await readCurrent(context.bindings.R2, preview_id);
  // Each look is a read of R2, so they become rarer the longer a build takes.
  for (let pause = FIRST_PAUSE_MS; stampOf(current) === known && Date.now() < deadline; pause *= 1.3) {
    if (signal.aborted) break;
    await sleep(Math.min(pause, LONGEST_PAUSE_MS));
    current = await readCurrent(context.bindings.R2, preview_id);
  }
  return Response.json(current ?? BUILDING, {
    headers: { ...PRIVATE_HEADERS, "x-current": stampOf(current) },
  });
}

/** What the page sends back as `after`; a version may fail and then, built again, succeed. */
function stampOf(current: Current | null): string {
  return current === null ? "0-building" : `${current.version}-${current.state}`;
}

async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
