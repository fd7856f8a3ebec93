/** The queues of jobs: for each kind one a tier, and one for what no build could finish. */
import type { Job, Tier } from "../contract.gen.ts";
import type { Bindings } from "../env.ts";

/** What a queue carries: keys of objects, never their contents (a message holds 128 KB). */
export interface QueuedJob {
  readonly job: Job;
  readonly traceparent: string | null;
}

/** As in wrangler.toml. */
export const DEAD_LETTERS = "hivesync-jobs-dead";

/** Give the queue of a job's kind and tier: a model's minutes are nothing that a preview waits for. */
export function queueOf(bindings: Bindings, { kind, tier }: Pick<Job, "kind" | "tier">): Queue<QueuedJob> {
  return queuesOf(bindings)[kind][tier];
}

/** Count the jobs that wait in all queues. */
export async function countWaiting(bindings: Bindings): Promise<number> {
  const queues = Object.values(queuesOf(bindings)).flatMap((tiers) => Object.values(tiers));
  const metrics = await Promise.all(queues.map((queue) => queue.metrics()));
  return metrics.reduce((total, { backlogCount }) => total + backlogCount, 0);
}

function queuesOf(bindings: Bindings): Record<Job["kind"], Record<Tier, Queue<QueuedJob>>> {
  const { JOBS_FREE, JOBS_PRO, JOBS_PREMIUM, AI_JOBS_FREE, AI_JOBS_PRO, AI_JOBS_PREMIUM } = bindings;
  return {
    "preview.build": { free: JOBS_FREE, pro: JOBS_PRO, premium: JOBS_PREMIUM },
    "ai.docs": { free: AI_JOBS_FREE, pro: AI_JOBS_PRO, premium: AI_JOBS_PREMIUM },
  };
}
