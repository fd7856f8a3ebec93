import { describe, expect, it } from "vitest";
import type { Tier } from "../../src/contract.gen.ts";
import { Turns, type Pace } from "../../src/jobs/turns.ts";

const PACE: Pace = { graceMs: 20, patienceMs: 60_000, holdMaxMs: 60_000 };

/** Take turns for these tiers at the same time; give them in the order in which they had it. */
async function orderOf(turns: Turns, tiers: readonly Tier[]): Promise<Tier[]> {
  const order: Tier[] = [];
  const blocked = Promise.withResolvers<undefined>();
  const first = turns.take("free", () => blocked.promise);
  const rest = tiers.map((tier) =>
    turns.take(tier, async () => {
      order.push(tier);
      await Promise.resolve();
    }),
  );
  blocked.resolve(undefined);
  await Promise.all([first, ...rest]);
  return order;
}

describe("turns", () => {
  it("go by tier", async () => {
    const order = await orderOf(new Turns(PACE), ["free", "pro", "premium", "free", "premium"]);
    expect(order).toEqual(["premium", "premium", "pro", "free", "free"]);
  });

  it("are kept for the next job of a higher tier, which its queue is about to bring", async () => {
    const order: string[] = [];
    const turns = new Turns({ ...PACE, graceMs: 1_000 });
    const free = Promise.withResolvers<undefined>();
    await turns.take("premium", () => Promise.resolve());
    const waiting = turns.take("free", async () => {
      order.push("free");
      await free.promise;
    });
    await turns.take("premium", () => Promise.resolve(order.push("premium")));
    free.resolve(undefined);
    await waiting;
    expect(order).toEqual(["premium", "free"]);
  });

  it("come to everybody in the end, however many are before them", async () => {
    const turns = new Turns({ ...PACE, patienceMs: 0 });
    const blocked = Promise.withResolvers<undefined>();
    const order: Tier[] = [];
    const first = turns.take("premium", () => blocked.promise);
    const free = turns.take("free", () => Promise.resolve(order.push("free")));
    await new Promise((resolve) => setTimeout(resolve, 2));
    const premium = turns.take("premium", () => Promise.resolve(order.push("premium")));
    await new Promise((resolve) => setTimeout(resolve, 2));
    blocked.resolve(undefined);
    await Promise.all([first, free, premium]);
    expect(order).toEqual(["free", "premium"]);
  });

  it("are one at a time", async () => {
    const turns = new Turns(PACE);
    let [running, most] = [0, 0];
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
    };
    await Promise.all(["free", "pro", "premium", "pro"].map((tier) => turns.take(tier as Tier, work)));
    expect(most).toBe(1);
  });

  it("are given on after a failure", async () => {
    const turns = new Turns(PACE);
    await expect(turns.take("pro", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await turns.take("pro", () => Promise.resolve(1))).toBe(1);
  });

  it("are taken from a build that was cut off", async () => {
    const turns = new Turns({ ...PACE, holdMaxMs: 5 });
    void turns.take("premium", () => new Promise(() => undefined));
    expect(await turns.take("free", () => Promise.resolve(1))).toBe(1);
  });
});
