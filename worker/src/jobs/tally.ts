/**
 * Counts what the isolates of this Worker do, for the heartbeat: they know nothing of each other. One object for
 * all of them. Its figures are for people; no job depends on them.
 */
import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "../env.ts";

export type Ending = "done" | "failed" | "errors";

/** `running` is now, the others count since they were last told. */
export type Figures = Record<Ending | "running", number>;

/** A consumer of a queue ends after 15 minutes; what began before that ended with its isolate. */
const RUNNING_MAX_MS = 15 * 60_000;
const ENDINGS = ["done", "failed", "errors"] as const satisfies Ending[];

export class JobTally extends DurableObject<Bindings> {
  async began(jobId: string): Promise<void> {
    await this.ctx.storage.put(`running/${jobId}`, Date.now());
  }

  async ended(jobId: string, ending: Ending): Promise<void> {
    await this.ctx.storage.delete(`running/${jobId}`);
    await this.#add(ending, 1);
  }

  async figures(): Promise<Figures> {
    const [done = 0, failed = 0, errors = 0] = await Promise.all(
      ENDINGS.map((ending) => this.ctx.storage.get<number>(ending)),
    );
    return { running: await this.#countRunning(), done, failed, errors };
  }

  /** Take off what the backend now knows; what came meanwhile stays for the next time. */
  async told(figures: Figures): Promise<void> {
    for (const ending of ENDINGS) await this.#add(ending, -figures[ending]);
  }

  async #add(ending: Ending, count: number): Promise<void> {
    await this.ctx.storage.put(ending, ((await this.ctx.storage.get<number>(ending)) ?? 0) + count);
  }

  async #countRunning(): Promise<number> {
    const running = await this.ctx.storage.list<number>({ prefix: "running/" });
    const gone = [...running].filter(([, began]) => Date.now() - began > RUNNING_MAX_MS).map(([key]) => key);
    for (const key of gone) await this.ctx.storage.delete(key);
    return running.size - gone.length;
  }
}

export function tallyOf({ JOB_TALLY }: Bindings): DurableObjectStub<JobTally> {
  return JOB_TALLY.get(JOB_TALLY.idFromName("all"));
}
