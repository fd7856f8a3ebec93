import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { expect, it } from "vitest";
import worker from "../../src/index.ts";
import { bundler } from "../../src/preview/esbuild.ts";
import { bindings } from "./queued.ts";

let instances = 0;
const instantiate = WebAssembly.instantiate.bind(WebAssembly);
WebAssembly.instantiate = (async (module: WebAssembly.Module, imports: WebAssembly.Imports) => {
  const instance = await instantiate(module, imports);
  if ("gojs" in imports) instances += 1;
  return instance;
}) as typeof WebAssembly.instantiate;

const MIB = 1024 * 1024;

async function run(bytes: number): Promise<void> {
  await bundler.check(" ".repeat(bytes), { loader: "js" });
}

it("a heartbeat has the bundler ready for the first build", async () => {
  expect(instances).toBe(0);
  const context = createExecutionContext();
  await worker.scheduled(createScheduledController(), bindings, context);
  await waitOnExecutionContext(context);
  expect(instances).toBe(1);
});

it("the bundler's instance serves any number of small runs, and a few large ones", async () => {
  for (let count = 0; count < 200; count += 1) await run(1000);
  expect(instances).toBe(1);
  for (let count = 0; count < 4; count += 1) await run(MIB - 1);
  expect(instances).toBe(1);
  await run(1000);
  expect(instances).toBe(2);
  await run(MIB + 1);
  await run(1000);
  expect(instances).toBe(3);
});
