import { beforeAll, describe, expect, it } from "vitest";
import { env } from "cloudflare:workers";
import { Barrels } from "../../src/preview/barrels.ts";
import { planFor } from "../../src/preview/kinds/planners.ts";
import type { Project } from "../../src/preview/project.ts";
import { loadSources } from "../../src/preview/sources.ts";
import { bundleWeb, store, type Files } from "./projects.ts";

const PATH = "node_modules/dates/index.js";
const PACKAGE: Files = {
  "node_modules/dates/package.json": `{ "main": "index.js", "sideEffects": false }`,
  [PATH]: `
/* export * from "./commented.js"; */
export * from "./add.js";
export * from "./more/index.js";
export { default as Icon, twice as both } from "./icon.js";
export { default } from "./icon.js";
export * as all from "./icon.js";
export const own = 1;`,
  "node_modules/dates/add.js": `globalThis.read = "add";\nexport function add(a) { return a; }\nexport { add as plus };`,
  "node_modules/dates/more/index.js": `export * from "./sub.js";`,
  "node_modules/dates/more/sub.js": `globalThis.read = "sub";\nexport const sub = 2;\nexport default 3;`,
  "node_modules/dates/icon.js": `globalThis.read = "icon";\nexport const twice = 2;\nexport default 4;`,
};
const OTHERS: Files = {
  "node_modules/eager/package.json": `{ "main": "index.js" }`,
  "node_modules/eager/index.js": `export * from "./a.js";\nexport * from "./b.js";`,
  "node_modules/eager/a.js": `export const a = 1;`,
  "node_modules/eager/b.js": `export const b = 1;`,
  "node_modules/unclear/package.json": `{ "main": "index.js", "sideEffects": false }`,
  "node_modules/unclear/index.js": `export * from "./a.js";\nexport * from "./b.js";`,
  "node_modules/unclear/a.js": `export const a = 1;`,
  "node_modules/unclear/b.js": `exports.a = 1;`,
  "node_modules/twofold/package.json": `{ "main": "index.js", "sideEffects": false }`,
  "node_modules/twofold/index.js": `export * from "./a.js";\nexport * from "./b.js";`,
  "node_modules/twofold/a.js": `export const a = 1;\nexport const only = 1;`,
  "node_modules/twofold/b.js": `export const a = 2;`,
};

describe("a barrel", () => {
  let project: Project;
  const narrowed = (text: string, name = "dates"): string | undefined =>
    new Barrels(project).narrowed(text, name, `node_modules/${name}/index.js`)?.contents;

  beforeAll(async () => {
    const page = `<script type="module" src="/src/main.ts"></script>`;
    const files = { "index.html": page, "src/main.ts": "", ...PACKAGE, ...OTHERS };
    const { build, manifest } = await store("web", "index.html", files);
    ({ project } = planFor(manifest, (await loadSources(env.R2, build, manifest)).sources));
  });

  it.each([
    ["a star", `import { add } from "dates";`, `export { add as add } from "./add.js";`],
    ["a star of stars", `import { sub as s } from 'dates'`, `export { sub as sub } from "./more/index.js";`],
    ["another name", `export { both } from "dates";`, `export { twice as both } from "./icon.js";`],
    ["its default", `import Standard from "dates";`, `export { default as default } from "./icon.js";`],
    [
      "several imports",
      `import type { Unit } from "dates"; import Standard, { Icon, type Day } from "dates";`,
      `export { default as Icon } from "./icon.js";\nexport { default as default } from "./icon.js";`,
    ],
  ])("is looked past for %s", (_what, text, contents) => {
    expect(narrowed(text)).toBe(contents);
  });

  it.each([
    ["its whole is imported", `import * as dates from "dates";`],
    ["its whole is imported too", `import { sub } from "dates"; const all = await import("dates");`],
    ["it is required", `const { sub } = require("dates");`],
    ["only its effects count", `import "dates";`],
    ["it makes a name by itself", `import { own, sub } from "dates";`],
    ["it hands on a namespace", `import { all } from "dates";`],
    ["it has no such name", `import { commented } from "dates";`],
    ["a list is not understood", `import { sub, "a-b" as c } from "dates";`],
  ])("is taken whole when %s", (_what, text) => {
    expect(narrowed(text)).toBeUndefined();
  });

  it.each([
    ["does not say that loading it does nothing", "eager", "a"],
    ["hands on what can't be looked into", "unclear", "a"],
    ["has a name twice", "twofold", "a"],
  ])("is taken whole when its package %s", (_what, name, wanted) => {
    expect(narrowed(`import { ${wanted} } from "${name}";`, name)).toBeUndefined();
  });

  it("of which a name is clear is looked past although others are not", () => {
    expect(narrowed(`import { only } from "twofold";`, "twofold")).toContain("./a.js");
  });
});

it("of a package the files that hold what is imported are read, and no others", async () => {
  const main = `import { sub } from "dates"; console.log(sub);`;
  const { script } = await bundleWeb({ ...PACKAGE, "src/main.ts": main });
  expect(script).toContain(`read = "sub"`);
  expect(script).not.toMatch(/read = "(add|icon)"/);
});

it("a package stays one for importers that take different parts of it", async () => {
  const { script } = await bundleWeb({
    ...PACKAGE,
    "src/main.ts": `import { sub, add } from "dates"; import other from "./other.ts"; console.log(sub, add, other);`,
    "src/other.ts": `import * as dates from "dates"; export default dates.sub;`,
  });
  expect(script.split(`read = "sub"`)).toHaveLength(2);
});

it("a name that a package lacks is told as ever", async () => {
  const main = `import { missing } from "dates"; console.log(missing);`;
  await expect(bundleWeb({ ...PACKAGE, "src/main.js": main }, "src/main.js")).rejects.toThrow(/missing/);
});
