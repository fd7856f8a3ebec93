/**
 * Remembers which deliveries of a job were taken, so that a repeated one has no second effect.
 * One object per job id; it forgets everything a day after its last delivery.
 */
import { DurableObject } from "cloudflare:workers";
import type { Job } from "../contract.gen.ts";
import type { Bindings } from "../env.ts";

const MEMORY_MS = 24 * 3600 * 1000;

export class JobLedger extends DurableObject<Bindings> {
  /**
   * Put the job on its queue unless this delivery did so before; tell whether it was new.
   *
   * Noted after the queue has it: a crash in between repeats an idempotent build, the other order loses one.
   */
  async enqueueOnce(deliveryId: string, job: Job): Promise<boolean> {
    return this.ctx.blockConcurrencyWhile(async () => {
      const key = `delivery/${deliveryId}`;
      if ((await this.ctx.storage.get(key)) !== undefined) return false;
      await this.env.JOBS.send(job);
      await this.ctx.storage.put(key, Date.now());
      await this.ctx.storage.setAlarm(Date.now() + MEMORY_MS);
      return true;
    });
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}
