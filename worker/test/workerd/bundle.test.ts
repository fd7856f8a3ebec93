import { describe, expect, it } from "vitest";
import { bundleProject, bundleWeb, type Files } from "./projects.ts";

async function failure(build: Promise<unknown>): Promise<unknown> {
  return build.then(
    () => "no failure",
    (error: unknown) => error,
  );
}

describe("a web project", () => {
  it("may be written in TypeScript", async () => {
    const { script } = await bundleWeb({
      "src/main.ts": `import { add } from "./sum"; enum Kind { A = 3 } document.title = String(add(Kind.A, 1));`,
      "src/sum.ts": "export const add = (a: number, b: number): number => a + b;",
    });
    expect(script).toContain("a + b");
    expect(script).not.toContain(": number");
  });

  it("may have JSX in .js files", async () => {
    const { script, preludes } = await bundleWeb(
      { "src/main.js": "document.body.append(<p>hi</p>);" },
      "src/main.js",
    );
    expect(script).toContain('("p", { children: "hi" })');
    expect(preludes).toEqual(["react"]);
  });

  it("finds a .ts file behind the .js name that TypeScript asks for", async () => {
    const { script } = await bundleWeb({
      "src/main.ts": `import { found } from "./other.js"; console.log(found);`,
      "src/other.ts": `export const found = "it is here";`,
    });
    expect(script).toContain("it is here");
  });

  it("finds a folder's index", async () => {
    const { script } = await bundleWeb({
      "src/main.ts": `import { found } from "./parts"; console.log(found);`,
      "src/parts/index.tsx": `export const found = "in the folder";`,
    });
    expect(script).toContain("in the folder");
  });

  it("imports JSON, raw text, and addresses", async () => {
    const { script, assetPaths } = await bundleWeb({
      "src/main.ts": `
        import data from "./data.json";
        import text from "./note.txt?raw";
        import address from "./data.json?url";
        console.log(data.answer, text, address);`,
      "src/data.json": `{"answer": 42}`,
      "src/note.txt": "as it stands",
    });
    expect(script).toContain("answer: 42");
    expect(script).toContain("as it stands");
    expect(script).toContain('__hivesync.asset("/src/data.json")');
    expect([...assetPaths]).toEqual(["src/data.json"]);
  });

  it("has CSS modules, and asset addresses in its style sheets", async () => {
    const { script, style, assetPaths } = await bundleWeb({
      "src/main.ts": `import "./page.css"; import names from "./box.module.css"; console.log(names.box);`,
      "src/page.css": `@import "base.css"; body { background: url(./bee.png) }`,
      "src/base.css": "html { color: teal }",
      "src/box.module.css": ".box { margin: 1px }",
      "src/bee.png": new Uint8Array([1, 2, 3]),
    });
    expect(script).toMatch(/box_default = \{\s*box: "box_box"/);
    expect(style).toContain("color: teal");
    expect(style).toContain("hivesync-asset:/src/bee.png");
    expect([...assetPaths]).toEqual(["src/bee.png"]);
  });

  it("takes `/…` from the page's folder, and public files without it", async () => {
    const { script } = await bundleWeb({
      "src/main.ts": `import logo from "/logo.svg"; import { x } from "/src/x"; console.log(logo, x);`,
      "src/x.ts": `export const x = "rooted";`,
      "public/logo.svg": "<svg/>",
    });
    expect(script).toContain("rooted");
    expect(script).toContain('asset("/logo.svg")');
  });

  it("reads aliases from the tsconfig that its solution file refers to", async () => {
    const { script } = await bundleWeb({
      "src/main.ts": `import { here } from "@/deep/file"; console.log(here);`,
      "src/deep/file.ts": `export const here = "by alias";`,
      "tsconfig.json": `{ "files": [], "references": [{ "path": "./tsconfig.node.json" }, { "path": "./tsconfig.app.json" }] }`,
      "tsconfig.node.json": "{}",
      "tsconfig.app.json": `{ /* comment */ "compilerOptions": { "paths": { "@/*": ["./src/*"], }, } }`,
    });
    expect(script).toContain("by alias");
  });

  it("sees its public values, and no others", async () => {
    const { script } = await bundleWeb(
      { "src/main.ts": "console.log(import.meta.env.VITE_NAME, import.meta.env, import.meta.env.DEV);" },
      "src/main.ts",
      { env: { VITE_NAME: "honey", DB_PASSWORD: "never" } },
    );
    expect(script).toContain("honey");
    expect(script).not.toContain("never");
  });

  it("may name an asset by `new URL(…, import.meta.url)`", async () => {
    const { script } = await bundleWeb({
      "src/main.ts": `console.log(new URL("./bee.png", import.meta.url).href);`,
      "src/bee.png": new Uint8Array([1]),
    });
    expect(script).toContain('new URL(globalThis.__hivesync.asset("/src/bee.png"))');
  });

  it("has Preact instead of React where its package.json says so", async () => {
    const files: Files = {
      "package.json": `{ "dependencies": { "preact": "^10" } }`,
      "src/main.jsx": `import { useState } from "react"; export default () => <p>{useState(0)[0]}</p>;`,
    };
    const { preludes, script } = await bundleWeb(files, "src/main.jsx");
    expect(preludes).toEqual(["preact"]);
    expect(script).toContain('module("preact/compat")');
  });

  it("uses a package that came with it", async () => {
    const { script } = await bundleWeb({
      "src/main.ts": `import { sum } from "adder/math"; console.log(sum);`,
      "node_modules/adder/package.json": `{ "name": "adder", "exports": { "./math": { "import": "./lib/math.mjs" } } }`,
      "node_modules/adder/lib/math.mjs": `export const sum = "from the package";`,
    });
    expect(script).toContain("from the package");
  });

  it("follows the links of a workspace, so that a package is one for all who import it", async () => {
    const page = `<script type="module" src="/src/main.ts"></script>`;
    const bundle = await bundleProject(
      "web",
      "apps/web/index.html",
      {
        "apps/web/index.html": page,
        "apps/web/src/main.ts": `import { ui } from "@acme/ui"; import "state"; import { beside } from "../../../packages/ui/beside"; console.log(ui, beside);`,
        "packages/ui/package.json": `{ "name": "@acme/ui", "main": "index.ts" }`,
        "packages/ui/index.ts": `export { beside as ui } from "./beside"; import "state";`,
        "packages/ui/beside.ts": `globalThis.x = "beside"; export const beside = Math.random();`,
        "node_modules/.pnpm/state@1/node_modules/state/package.json": `{ "main": "index.js" }`,
        "node_modules/.pnpm/state@1/node_modules/state/index.js": `import "deep"; globalThis.x = "state";`,
        "node_modules/.pnpm/deep@1/node_modules/deep/package.json": `{}`,
        "node_modules/.pnpm/deep@1/node_modules/deep/index.js": `globalThis.x = "deep";`,
      },
      {
        links: {
          "apps/web/node_modules/@acme/ui": "packages/ui",
          "apps/web/node_modules/state": "node_modules/.pnpm/state@1/node_modules/state",
          "packages/ui/node_modules/state": "node_modules/.pnpm/state@1/node_modules/state",
          "node_modules/.pnpm/state@1/node_modules/deep": "node_modules/.pnpm/deep@1/node_modules/deep",
        },
      },
    );
    for (const name of ["beside", "state", "deep"])
      expect(bundle.script.split(`x = "${name}"`)).toHaveLength(2);
  });

  it("names its own files in its source map", async () => {
    const { sourceMap } = await bundleWeb({ "src/main.ts": "console.log(1);" });
    expect((JSON.parse(sourceMap) as { sources: string[] }).sources).toContain("project:src/main.ts");
  });
});

describe("a React Native project", () => {
  const APP = `import { Text } from "react-native"; import { name } from "./name"; export default () => <Text>{name}</Text>;`;

  it("is mounted through the registry and gets react-native-web", async () => {
    const { script, preludes } = await bundleProject("react_native", "App.tsx", {
      "App.tsx": APP,
      "name.ts": `export const name = "plain";`,
    });
    expect(script).toContain("AppRegistry.runApplication");
    expect(new Set(preludes)).toEqual(new Set(["react", "react_native"]));
  });

  it.each([
    ["ios", "for ios"],
    ["android", "for android"],
    ["web", "plain"],
  ] as const)("takes the files of %s", async (platform, expected) => {
    const files = {
      "App.tsx": APP,
      "name.ts": `export const name = "plain";`,
      "name.ios.ts": `export const name = "for ios";`,
      "name.android.ts": `export const name = "for android";`,
    };
    const { script } = await bundleProject("react_native", "App.tsx", files, { platform });
    expect(script).toContain(expected);
  });

  it("gives images their size, and takes the densest one", async () => {
    const { script, assetPaths } = await bundleProject("react_native", "App.js", {
      "App.js": `export default () => require("./bee.png");`,
      "bee@2x.png": png(64, 32),
    });
    expect(script).toContain('asset("/bee@2x.png"), width: 32, height: 16');
    expect([...assetPaths]).toEqual(["bee@2x.png"]);
  });

  it("puts an SVG in as base64", async () => {
    const { script } = await bundleProject("react_native", "App.js", {
      "App.js": `import bee from "./bee.svg"; export default () => bee;`,
      "bee.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="20"/>`,
    });
    expect(script).toMatch(/uri: "data:image\/svg\+xml;base64,[A-Za-z0-9+/=]+", width: 10, height: 20/);
  });
});

describe("a failed build", () => {
  it("names file, line and column of a syntax error and shows the code", async () => {
    const error = await failure(bundleWeb({ "src/main.ts": `const a = 1;\nconst b = ;\n` }));
    expect(error).toMatchObject({
      code: "PREVIEW_BUILD_FAILED",
      diagnostic: { message: 'Unexpected ";".', file: "src/main.ts", line: 2, column: 11 },
    });
    expect((error as { diagnostic: { frame: string } }).diagnostic.frame).toBe(
      ["  1 | const a = 1;", "> 2 | const b = ;", "    |           ^", "  3 | "].join("\n"),
    );
  });

  it("counts columns in characters, not in bytes", async () => {
    const error = await failure(bundleWeb({ "src/main.ts": `const ä = "ö"; const b = ;` }));
    expect(error).toMatchObject({ diagnostic: { line: 1, column: 26 } });
  });

  it("names a package that is not there, and where it is wanted", async () => {
    const error = await failure(
      bundleWeb({ "src/main.ts": `\nimport dayjs from "dayjs/plugin";\ndayjs();` }),
    );
    expect(error).toMatchObject({
      code: "PREVIEW_BUILD_FAILED",
      detail: 'The package "dayjs" is not installed.',
      diagnostic: {
        file: "src/main.ts",
        line: 2,
        column: 19,
        hint: expect.stringContaining("npm install dayjs") as string,
      },
    });
  });

  it("keeps an unused import where the project's TypeScript does", async () => {
    const files = { "src/main.ts": `import dayjs from "dayjs";` };
    expect(await failure(bundleWeb(files))).toBe("no failure");
    const verbatim = { ...files, "tsconfig.json": `{ "compilerOptions": { "verbatimModuleSyntax": true } }` };
    expect(await failure(bundleWeb(verbatim))).toMatchObject({ code: "PREVIEW_BUILD_FAILED" });
  });

  it("says which file was meant when only the case differs", async () => {
    const error = await failure(bundleWeb({ "src/main.ts": `import "./button";`, "src/Button.tsx": "" }));
    expect(error).toMatchObject({
      diagnostic: { hint: expect.stringContaining('"src/Button.tsx"') as string },
    });
  });

  it("does not leave the project", async () => {
    const error = await failure(bundleWeb({ "src/main.ts": `import "../../secrets";` }));
    expect(error).toMatchObject({ detail: '"../../secrets" lies outside the project.' });
  });

  it.each([
    ["vue", `import { createApp } from "vue"; createApp();`],
    ["svelte", `import { mount } from "svelte"; mount();`],
    ["a .vue file", `import App from "./App.vue"; App();`],
  ])("refuses %s by its kind", async (_name, code) => {
    const error = await failure(bundleWeb({ "src/main.ts": code, "src/App.vue": "<template/>" }));
    expect(error).toMatchObject({ code: "PREVIEW_UNSUPPORTED", diagnostic: { file: "src/main.ts" } });
  });

  it("says what to do about Sass", async () => {
    const error = await failure(bundleWeb({ "src/main.ts": `import "./a.scss";`, "src/a.scss": "" }));
    expect(error).toMatchObject({ diagnostic: { hint: expect.stringContaining("plain CSS") as string } });
  });

  it("in one project does not touch the next one", async () => {
    await failure(bundleWeb({ "src/main.ts": "const" }));
    expect((await bundleWeb({ "src/main.ts": "console.log(2);" })).script).toContain("console.log(2)");
  });
});

/** The head of a PNG of this size; nobody decodes the rest. */
function png(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}
