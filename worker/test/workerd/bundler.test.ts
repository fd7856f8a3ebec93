import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { planFor } from "../../src/preview/kinds/planners.ts";
import { loadSources } from "../../src/preview/sources.ts";
import { bundlePlan, bundleWeb, store } from "./projects.ts";

describe("the bundler", () => {
  it("builds projects that come at the same time", async () => {
    const names = ["one", "two", "three"];
    const built = await Promise.all(
      names.map((name) => bundleWeb({ "src/main.ts": `console.log("${name}");` })),
    );
    names.forEach((name, index) => {
      expect(built[index]?.script).toContain(`console.log("${name}")`);
    });
  });

  it("does not wait for the event loop at each file", async () => {
    const depth = 200;
    const files: Record<string, string> = { "src/0.ts": "export const value = 1;", "index.html": "" };
    for (let n = 1; n <= depth; n += 1) files[`src/${n}.ts`] = `export { value } from "./${n - 1}.ts";`;
    files["index.html"] = `<script type="module" src="/src/${depth}.ts"></script>`;
    const { build, manifest } = await store("web", "index.html", files);
    const plan = planFor(manifest, (await loadSources(env.R2, build, manifest)).sources);
    expect(await turnsDuring(bundlePlan(plan))).toBeLessThan(depth / 4);
  });

  it("goes on after it was replaced by a fresh instance", async () => {
    const filler = `/* ${"x".repeat(1_500_000)} */`;
    for (let round = 0; round < 3; round += 1) {
      const { script } = await bundleWeb({ "src/main.ts": `${filler}\nconsole.log(${round});` });
      expect(script).toContain(`console.log(${round})`);
    }
  });
});

/** Count the event loop's turns until something is done. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let [turns, done] = [0, false];
  const ended = work.finally(() => (done = true));
  while (!done) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    turns += 1;
  }
  await ended;
  return turns;
}
