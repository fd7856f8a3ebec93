/** Projects that are wrong in ways that no editor makes. None may harm the project that is built next. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { WorkerError } from "../../src/errors.ts";
import { buildVersion } from "../../src/preview/build.ts";
import { loadSources } from "../../src/preview/sources.ts";
import { tsConfigFor } from "../../src/preview/tsconfig.ts";
import { store, type Files } from "./projects.ts";

const PAGE = `<div id="app"></div><script type="module" src="/main.ts"></script>`;

/** Build as a job does; give the error's code, or "built". */
async function outcome(files: Files): Promise<string> {
  const whole = { "index.html": PAGE, "main.ts": "console.log(1)", ...files };
  const { build, manifest } = await store("web", "index.html", whole);
  const { sources } = await loadSources(env.R2, build, manifest);
  try {
    await buildVersion(env.R2, build, manifest, sources);
    return "built";
  } catch (error) {
    if (error instanceof WorkerError) return error.code;
    throw error;
  }
}

describe("a project that is nested too deeply", () => {
  const nested = (open: string, close: string): string => open.repeat(20_000) + close.repeat(20_000);

  it.each<[string, Files]>([
    ["code", { "main.ts": `export default ${nested("[", "]")}` }],
    ["data", { "main.ts": `import data from "./data.json"; data();`, "data.json": nested("[", "]") }],
    ["markup", { "index.html": nested("<div>", "") + PAGE }],
  ])("in its %s is refused, and the next one is built", async (_what, files) => {
    expect(await outcome(files)).toBe("PREVIEW_BUILD_FAILED");
    expect(await outcome({})).toBe("built");
  });
});

describe("a tsconfig", () => {
  it.each([
    `{"extends": 5}`,
    `{"extends": [5, null, {}]}`,
    `{"extends": "./tsconfig.json"}`,
    `{"files": [], "references": "all"}`,
    `{"files": [], "references": [5, null, {"path": 5}]}`,
    `{"compilerOptions": {"paths": {"a": 5, "b": [5]}, "baseUrl": null, "jsxImportSource": 5}}`,
    `{"compilerOptions": {"paths": null, "baseUrl": 5, "jsx": {}}}`,
    `{"compilerOptions": 5}`,
    `[]`,
    `5`,
    `{`,
  ])("of an unusual shape is read as far as it makes sense: %s", async (text) => {
    expect(await outcome({ "tsconfig.json": text, "main.ts": `import "./other"`, "other.ts": "" })).toBe(
      "built",
    );
  });

  it("that extends the same files again and again is read once", () => {
    const level = (next: number): string => JSON.stringify({ extends: Array(5).fill(`./t${next}.json`) });
    const files = new Map(Array.from({ length: 8 }, (_none, at) => [`t${at}.json`, level(at + 1)]));
    files.set("tsconfig.json", level(0)).set("t8.json", `{"compilerOptions": {"jsxImportSource": "found"}}`);
    let reads = 0;
    const config = tsConfigFor("main.ts", (path) => {
      reads += 1;
      return files.get(path);
    });
    expect(config.options.jsxImportSource).toBe("found");
    expect(reads).toBeLessThan(200);
  });
});
