import { describe, expect, it } from "vitest";
import { handedOn } from "../../src/preview/barrels.ts";
import { bundleWeb, type Files } from "./projects.ts";

const PATH = "node_modules/dates/index.js";
const NARROWED = {
  [PATH]: {
    sub: { source: "./more/index.js", name: "sub" },
    both: { source: "./icon.js", name: "twice" },
    default: { source: "./icon.js", name: "default" },
    Unit: null,
  },
  "node_modules/dates/more/index.js": { sub: { source: "./sub.js", name: "sub" } },
};
/** What an agent sends of it: the files behind other names are not there. */
const PACKAGE: Files = {
  "node_modules/dates/package.json": `{ "main": "index.js", "sideEffects": false }`,
  [PATH]: `
export * from "./add.js";
export * from "./more/index.js";
export { default, twice as both } from "./icon.js";`,
  "node_modules/dates/more/index.js": `export * from "./sub.js";\nexport * from "./gone.js";`,
  "node_modules/dates/more/sub.js": `globalThis.read = "sub";\nexport const sub = 2;`,
  "node_modules/dates/icon.js": `globalThis.read = "icon";\nexport const twice = 2;\nexport default 4;`,
};

describe("a barrel", () => {
  const narrowed = (text: string): string | undefined =>
    handedOn(NARROWED, text, "dates", PATH)?.contents.replace("export {};\n", "");

  it.each([
    ["a name", `import { sub as s } from 'dates'`, `export { sub as sub } from "./more/index.js";`],
    ["another name", `export { both } from "dates";`, `export { twice as both } from "./icon.js";`],
    [
      "a name with a remark",
      `import { /* its own */ sub } from "dates";`,
      `export { sub as sub } from "./more/index.js";`,
    ],
    ["its default", `import Standard from "dates";`, `export { default as default } from "./icon.js";`],
    ["a name that it has not", `import { Unit } from "dates";`, ""],
    ["none but a type", `import { type Day } from "dates";`, "export {};"],
    [
      "a name besides what a comment says",
      `/**\n * import { add, * } from "dates" */\nimport { sub } from "dates"; const pattern = "a/*" + "/*";`,
      `export { sub as sub } from "./more/index.js";`,
    ],
    [
      "several imports",
      `import type { All } from "dates"; import Standard, { both, type Day } from "dates";`,
      `export { twice as both } from "./icon.js";\nexport { default as default } from "./icon.js";`,
    ],
  ])("is looked past for %s", (_what, text, contents) => {
    expect(narrowed(text)).toBe(contents);
  });

  it.each([
    ["its whole is imported", `import * as dates from "dates";`],
    ["its whole is imported too", `import { sub } from "dates"; const all = await import("dates");`],
    ["its whole is imported in a third way", 'import { sub } from "dates"; const all = import(`dates`);'],
    ["it is required", `const { sub } = require("dates");`],
    ["only its effects count", `import "dates";`],
    ["another name is wanted", `import { sub, add } from "dates";`],
    ["what every object has is wanted", `import { toString } from "dates";`],
    ["a list is not understood", `import { sub, "a-b" as c } from "dates";`],
  ])("is not enough when %s", (_what, text) => {
    expect(narrowed(text)).toBeUndefined();
  });
});

it("of a package the files that hold what is imported are enough", async () => {
  const main = `import { sub, type Unit } from "dates"; console.log(sub);`;
  const { script } = await bundleWeb({ ...PACKAGE, "src/main.ts": main }, undefined, { narrowed: NARROWED });
  expect(script).toContain(`read = "sub"`);
  expect(script).not.toContain(`read = "icon"`);
});

it("a package stays one for importers that take different parts of it", async () => {
  const files = {
    ...PACKAGE,
    "src/main.ts": `import { sub, both } from "dates"; import other from "./other.ts"; console.log(sub, both, other);`,
    "src/other.ts": `import { sub } from "dates"; export default sub;`,
  };
  const { script } = await bundleWeb(files, undefined, { narrowed: NARROWED });
  expect(script.split(`read = "sub"`)).toHaveLength(2);
});

it.each([`import { add } from "dates"; console.log(add);`, `console.log(import("dates"));`])(
  "more than was sent is said to be missing for %s",
  async (main) => {
    const bundled = bundleWeb({ ...PACKAGE, "src/main.js": main }, "src/main.js", { narrowed: NARROWED });
    await expect(bundled).rejects.toThrow(/More is used/);
  },
);

it("a name that a package lacks is told as ever", async () => {
  const main = `import { Unit } from "dates"; console.log(Unit);`;
  const bundled = bundleWeb({ ...PACKAGE, "src/main.js": main }, "src/main.js", { narrowed: NARROWED });
  await expect(bundled).rejects.toThrow(/Unit/);
});
