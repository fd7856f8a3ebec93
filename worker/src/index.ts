/** Wires the Worker's rooms to its entrances. Decides nothing. */
import { HEADERS } from "./contract.gen.ts";
import { readSettings, type Bindings } from "./env.ts";
import { handleError } from "./errors.ts";
import { sendHeartbeat } from "./heartbeat.ts";
import { consumeJobs } from "./jobs/consumer.ts";
import { acceptJob } from "./jobs/endpoint.ts";
import type { QueuedJob } from "./jobs/queues.ts";
import { showFrame, showPage } from "./preview/viewer/documents.ts";
import { showArtifact, showAsset } from "./preview/viewer/files.ts";
import { handOver } from "./preview/viewer/handover.ts";
import { awaitCurrent } from "./preview/viewer/progress.ts";
import { openSession } from "./preview/viewer/session.ts";
import { joinRoom } from "./room/endpoint.ts";
import { bundler } from "./preview/esbuild.ts";
import { dispatch, route } from "./router.ts";

export { JobLedger } from "./jobs/ledger.ts";
export { JobTally } from "./jobs/tally.ts";
export { PreviewRoom } from "./room/room.ts";

const ROUTES = [
  route("GET", "/health", () => Response.json({ status: "ok" })),
  route("POST", "/jobs", acceptJob),
  route("GET", "/frame", showFrame),
  route("GET", "/p", showPage),
  route("GET", "/p/:id", showPage),
  route("POST", "/p/:id/session", openSession),
  route("POST", "/p/:id/handover", handOver),
  route("GET", "/p/:id/current", awaitCurrent),
  route("GET", "/p/:id/room", joinRoom),
  route("GET", "/p/:id/v/:version/:name", showArtifact),
  route("GET", "/p/:id/v/:version/asset/:sha256", showAsset),
];

export default {
  async fetch(request, bindings): Promise<Response> {
    const requestId = requestIdOf(request);
    try {
      const response = await dispatch(ROUTES, { request, bindings, settings: readSettings(bindings) });
      response.headers.set(HEADERS.REQUEST_ID, requestId);
      return response;
    } catch (error) {
      return handleError(error, requestId);
    }
  },
  async queue(batch, bindings, context): Promise<void> {
    await consumeJobs(batch, bindings, context);
  },
  async scheduled(_controller, bindings, context): Promise<void> {
    // An isolate's first build should not wait for its bundler. Whatever becomes of the heartbeat, this goes on.
    context.waitUntil(bundler.warm());
    await sendHeartbeat(bindings, readSettings(bindings));
  },
} satisfies ExportedHandler<Bindings, QueuedJob>;

/** A caller's id is kept if it can't do harm in a log. */
function requestIdOf(request: Request): string {
  const given = request.headers.get(HEADERS.REQUEST_ID) ?? "";
  return /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : crypto.randomUUID();
}
