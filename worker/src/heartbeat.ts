/** Tells the backend once a minute that this Worker lives, what it does, and how much waits for it. */
import { version } from "../package.json";
import { postSigned } from "./backend.ts";
import type { Heartbeat } from "./contract.gen.ts";
import type { Bindings, Settings } from "./env.ts";
import { countWaiting } from "./jobs/queues.ts";
import { tallyOf } from "./jobs/tally.ts";

/** All isolates are one Worker to an operator: the one that was deployed. */
const WORKER_ID = "hivesync-worker";

/** Send one heartbeat, or raise `BackendRefused`; what it would have counted is then in the next one. */
export async function sendHeartbeat(bindings: Bindings, settings: Settings): Promise<void> {
  const tally = tallyOf(bindings);
  const [figures, queued] = await Promise.all([tally.figures(), countWaiting(bindings)]);
  const content: Heartbeat = { worker_id: WORKER_ID, version, queued, ...figures };
  const id = `heartbeat.${WORKER_ID}.${crypto.randomUUID()}`;
  await postSigned(settings, { path: "/workers/heartbeat", id, content });
  await tally.told(figures);
}
