/** What the bundler holds in memory after 200 builds of different kinds and sizes. Prints one line of JSON. */
import { expect, it } from "vitest";
import { bundleProject, bundleWeb, type Files } from "../test/workerd/projects.ts";

const BUILDS = 200;
const MIB = 1024 * 1024;

/** Memories of all instances that were made; a recycled one is garbage and counts no more. */
const memories: WebAssembly.Memory[] = [];
const instantiate = WebAssembly.instantiate.bind(WebAssembly);
WebAssembly.instantiate = (async (module: WebAssembly.Module, imports: WebAssembly.Imports) => {
  const instance = await instantiate(module, imports);
  memories.push(instance.exports["mem"] as WebAssembly.Memory);
  return instance;
}) as typeof WebAssembly.instantiate;

const APP = `import { Text } from "react-native"; export default () => <Text>hi</Text>;`;

/** The kinds take turns; every tenth project is near the limit of source text. */
async function build(number: number): Promise<void> {
  if (number % 10 === 9) {
    await bundleWeb({ "src/main.ts": statements(25_000, number) });
  } else if (number % 2 === 0) {
    await bundleProject("react_native", "App.tsx", { "App.tsx": `${APP} console.log(${number});` });
  } else {
    await bundleWeb(modules(60, number));
  }
}

function statements(count: number, seed: number): string {
  const line = (n: number): string => `export const value${n} = { name: "value ${n}", at: [${n}, ${seed}] };`;
  return Array.from({ length: count }, (_, n) => line(n)).join("\n");
}

function modules(count: number, seed: number): Files {
  const files: Record<string, string> = {};
  for (let n = 1; n < count; n += 1)
    files[`src/${n}.tsx`] = `export const value${n} = <p>{${seed} + ${n}}</p>;`;
  const imports = Object.keys(files).map((_, n) => `import { value${n + 1} } from "./${n + 1}.tsx";`);
  files["src/main.ts"] =
    `${imports.join("\n")}\nconsole.log(${imports.map((_, n) => `value${n + 1}`).join(",")});`;
  return files;
}

it("is bounded", async () => {
  const sizes: number[] = [];
  for (let number = 0; number < BUILDS; number += 1) {
    await build(number);
    sizes.push((memories.at(-1)?.buffer.byteLength ?? 0) / MIB);
  }
  const halves = [sizes.slice(0, BUILDS / 2), sizes.slice(BUILDS / 2)].map((half) => Math.max(...half));
  const [first = 0, second = 0] = halves;
  const result = {
    builds: BUILDS,
    last_megabytes: sizes.at(-1),
    first_half_max: first,
    second_half_max: second,
  };
  console.log(`BUILDER_MEMORY ${JSON.stringify({ ...result, instances: memories.length })}`);
  expect(sizes.length).toBe(BUILDS);
});
