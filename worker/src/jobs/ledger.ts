/**
 * Remembers what must not happen twice or get lost: which deliveries of a job were taken, and a report that the
 * backend has not taken yet. One object per job id; it forgets everything a day after its last delivery.
 */
import { DurableObject } from "cloudflare:workers";
import type { Report } from "../callback.ts";
import type { Job } from "../contract.gen.ts";
import type { Bindings } from "../env.ts";
import { queueOf, type QueuedJob } from "./queues.ts";

const MEMORY_MS = 24 * 3600 * 1000;

export class JobLedger extends DurableObject<Bindings> {
  /**
   * Put the job on its queue unless this delivery did so before; tell whether it was new.
   *
   * Noted after the queue has it: a crash in between repeats an idempotent build, the other order loses one.
   */
  async enqueueOnce(deliveryId: string, queued: QueuedJob): Promise<boolean> {
    return this.ctx.blockConcurrencyWhile(async () => {
      const key = `delivery/${deliveryId}`;
      if ((await this.ctx.storage.get(key)) !== undefined) return false;
      await queueOf(this.env, queued.job).send(queued);
      await this.ctx.storage.put(key, Date.now());
      await this.ctx.storage.setAlarm(Date.now() + MEMORY_MS);
      return true;
    });
  }

  async keep(attempt: number, report: string): Promise<void> {
    await this.ctx.storage.put(`report/${attempt}`, report);
  }

  async kept(attempt: number): Promise<string | null> {
    return (await this.ctx.storage.get<string>(`report/${attempt}`)) ?? null;
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}

export function ledgerOf({ JOB_LEDGER }: Bindings, jobId: string): DurableObjectStub<JobLedger> {
  return JOB_LEDGER.get(JOB_LEDGER.idFromName(jobId));
}

/** Keep the outcome of an attempt while the backend is away, so that nothing is built again to tell it. */
export async function keepReport(bindings: Bindings, report: Report): Promise<void> {
  await ledgerOf(bindings, report.job_id).keep(report.attempt, JSON.stringify(report));
}

/** Give the outcome that the backend could not be told, or null. */
export async function keptReport(bindings: Bindings, { job_id, attempt }: Job): Promise<Report | null> {
  const text = await ledgerOf(bindings, job_id).kept(attempt);
  return text === null ? null : (JSON.parse(text) as Report);
}
