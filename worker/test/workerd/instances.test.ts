import { expect, it } from "vitest";
import { bundler } from "../../src/preview/esbuild.ts";

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
