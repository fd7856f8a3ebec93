/** What `npm run deploy` would send to Cloudflare: nothing of wrangler.toml may be missing there, or too large. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { experimental_readRawConfig } from "wrangler";

const WORKER = join(import.meta.dirname, "..", "..");
/** Cloudflare takes 10 MB on a paid plan. What is over this needs a reason: it is loaded by every cold start. */
const COMPRESSED_KIB_MAX = 4_200;
/** wrangler's own: these are not inherited by an environment. */
const NOT_INHERITED = ["assets", "durable_objects", "migrations", "queues", "r2_buckets", "triggers", "vars"];

interface Environment {
  readonly [name: string]: unknown;
  readonly env?: Readonly<Record<string, Environment>>;
}

const readRaw = experimental_readRawConfig as (args: { config: string }) => { rawConfig: Environment };
const local = readRaw({ config: join(WORKER, "wrangler.toml") }).rawConfig;
const production = local.env?.["production"] ?? {};

/** Leave out what only `wrangler dev` reads. */
function deployed(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (name, part: unknown) => (name === "local_dev" ? undefined : part)),
  );
}

describe("production", () => {
  it.each(NOT_INHERITED)("has the same %s as everywhere else", (name) => {
    expect(deployed(production[name])).toEqual(deployed(local[name]));
  });

  it("has everything else that is bound, and the model, which only an account can run", () => {
    const own = ["ai", "limits", "name", "observability"];
    expect(Object.keys(production).sort()).toEqual([...NOT_INHERITED, ...own].filter(isPresent).sort());
    expect(production["ai"]).toEqual({ binding: "AI" });
  });

  it("holds no secret", () => {
    expect(JSON.stringify(production)).not.toMatch(/secret/i);
  });
});

describe("the jobs' queues", () => {
  it("each have a consumer, and lead to dead letters that are consumed", () => {
    const { producers, consumers } = production["queues"] as {
      producers: { queue: string }[];
      consumers: { queue: string; max_batch_size: number; dead_letter_queue?: string }[];
    };
    const consumed = consumers.map(({ queue }) => queue);
    for (const { queue } of producers) {
      const { dead_letter_queue: dead, max_batch_size } = consumers.find((one) => one.queue === queue) ?? {};
      expect(consumed).toContain(dead);
      // A build that takes its isolate down must take no other job with it.
      expect(max_batch_size).toBe(1);
    }
  });
});

describe("a deployment", () => {
  it("is complete and small enough", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hivesync-deploy-"));
    try {
      const size = await compressedKib(folder);
      expect(size).toBeGreaterThan(1_000);
      expect(size).toBeLessThan(COMPRESSED_KIB_MAX);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

function isPresent(name: string): boolean {
  return local[name] !== undefined || production[name] !== undefined;
}

async function compressedKib(folder: string): Promise<number> {
  const wrangler = join(WORKER, "node_modules/wrangler/bin/wrangler.js");
  const arguments_ = ["deploy", "--dry-run", "--env", "production", "--outdir", folder];
  const { stdout } = await promisify(execFile)(process.execPath, [wrangler, ...arguments_], {
    cwd: WORKER,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: folder, NO_COLOR: "1" },
  });
  const [, size] = /gzip: ([\d.]+) KiB/.exec(stdout) ?? [];
  if (size === undefined) throw new Error(`wrangler did not tell the size:\n${stdout}`);
  return Number(size);
}
