/**
 * `node scripts/dev.ts [options of wrangler dev]`: the Worker on this machine, with its clock. Under `wrangler dev` no
 * cron trigger fires by itself, and a Worker without heartbeats is one that an operator's pages call silent.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ROOT } from "./output.ts";

/** As `triggers.crons` in wrangler.toml has it. */
const BEAT_MS = 60_000;
/** Until Worker and backend have started, a beat is missed. */
const MISSED_MS = 2_000;

const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
/** The inspector, which Wrangler always starts, listens to this machine alone, at a port that differs each time. */
const ALWAYS = ["--local", "--inspector-port", "0", "--show-interactive-dev-session=false"];

async function keepTime(origin: string): Promise<never> {
  for (;;) await pause((await fireCron(origin)) ? BEAT_MS : MISSED_MS);
}

async function fireCron(origin: string): Promise<boolean> {
  try {
    return (await fetch(`${origin}/cdn-cgi/local/scheduled`)).ok;
  } catch {
    return false;
  }
}

const given = process.argv.slice(2);
const { port } = parseArgs({ args: given, options: { port: { type: "string" } }, strict: false }).values;
const wrangler = spawn(process.execPath, [WRANGLER, "dev", ...ALWAYS, ...given], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => wrangler.kill(signal));
wrangler.on("exit", (code) => process.exit(code ?? 1));
void keepTime(`http://127.0.0.1:${String(port ?? 8787)}`);
