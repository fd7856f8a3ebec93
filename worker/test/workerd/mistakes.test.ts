/** What a person is told about the mistakes that are made most: where it is, what it is, and what to do next. */
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/contract.gen.ts";
import type { WorkerError } from "../../src/errors.ts";
import { bundleProject, bundleWeb, type Files } from "./projects.ts";

async function told(build: Promise<unknown>): Promise<Partial<Diagnostic>> {
  const error = await build.then(
    () => undefined,
    (failure: unknown) => failure as WorkerError,
  );
  if (!error) throw new Error("The build did not fail.");
  return error.diagnostic ?? {};
}

async function warned(files: Files, env: Record<string, string> = {}): Promise<readonly Diagnostic[]> {
  return (await bundleWeb(files, "src/main.ts", { env })).warnings;
}

async function native(code: string, files: Files = {}): Promise<Partial<Diagnostic>> {
  return told(bundleProject("react_native", "App.tsx", { "App.tsx": code, ...files }));
}

describe("a mistake", () => {
  it("a missing package", async () => {
    const found = await told(bundleWeb({ "src/main.ts": `import day from "dayjs";\nday();` }));
    expect(found).toMatchObject({
      message: 'The package "dayjs" is not installed.',
      file: "src/main.ts",
      line: 1,
      column: 17,
      hint: expect.stringContaining('run "npm install dayjs"') as string,
    });
    expect(found.frame).toContain('> 1 | import day from "dayjs";');
  });

  it("a package that is declared and not installed", async () => {
    const files = {
      "package.json": `{ "dependencies": { "dayjs": "1" } }`,
      "src/main.ts": `import day from "dayjs"; day();`,
    };
    expect(await told(bundleWeb(files))).toMatchObject({
      hint: `package.json asks for it. Run "npm install" in the project's folder, then preview it again.`,
    });
  });

  it("a missing file", async () => {
    expect(await told(bundleWeb({ "src/main.ts": `import "./cart";` }))).toMatchObject({
      message: 'There is no file "./cart".',
      line: 1,
      column: 8,
      hint: expect.stringContaining("src/cart") as string,
    });
  });

  it("a name in the wrong case", async () => {
    expect(await told(bundleWeb({ "src/main.ts": `import "./cart";`, "src/Cart.ts": "" }))).toMatchObject({
      hint: 'There is "src/Cart.ts": upper and lower case must match.',
    });
  });

  it("a syntax error", async () => {
    expect(await told(bundleWeb({ "src/main.ts": "function a() {\n  return 1;\n" }))).toMatchObject({
      message: expect.stringContaining("Unexpected end of file") as string,
      line: 3,
      hint: "The code can't be read from here on. Look at this line and at the one before it.",
    });
  });

  it("a tag that is never closed", async () => {
    expect(await native("export default () => (\n  <div>\n);")).toMatchObject({
      line: 3,
      hint: 'The opening "div" tag is here: line 2, <div>',
    });
  });

  it.each([
    "export const A = () => <p>hi</p>;",
    `export const A = () => <Card size="3" />;`,
    "export const A = () => <>hi</>;",
    "export const A = () => (\n  <main className={x}>hi</main>\n);",
  ])("JSX in a .ts file: %s", async (code) => {
    const files = { "src/main.ts": `import "./a";`, "src/a.ts": code };
    expect(await told(bundleWeb(files))).toMatchObject({
      file: "src/a.ts",
      hint: "JSX needs a file that ends in .tsx. Rename src/a.ts.",
    });
  });

  it("an export that is not there", async () => {
    const files = {
      "src/main.ts": `import { totl } from "./cart";\ntotl();`,
      "src/cart.ts": "export const total = () => 1;",
    };
    expect(await told(bundleWeb(files))).toMatchObject({
      message: '"totl" is not exported by src/cart.ts.',
      file: "src/main.ts",
      line: 1,
      column: 10,
      hint: expect.stringMatching(/Did you mean "total"\?|Export it there/) as string,
    });
  });

  it("an error in a style sheet", async () => {
    const files = { "src/main.ts": `import "./a.css";`, "src/a.css": "p { color: red }\nb { margin 0 }" };
    const [found] = await warned(files);
    expect(found).toMatchObject({ file: "src/a.css", line: 2 });
    expect(found?.hint).toBeTruthy();
  });

  it("an error in JSON", async () => {
    const files = { "src/main.ts": `import a from "./a.json"; a();`, "src/a.json": `{\n  "a": 1,\n}` };
    expect(await told(bundleWeb(files))).toMatchObject({
      file: "src/a.json",
      hint: expect.stringContaining("no comma after the last entry") as string,
    });
  });

  it("a circle of imports is none while nothing is used too early", async () => {
    const { script } = await bundleWeb({
      "src/main.ts": `import { a } from "./a"; console.log(a());`,
      "src/a.ts": `import { b } from "./b"; export const a = () => b; export const c = 2;`,
      "src/b.ts": `import { c } from "./a"; export const b = () => c;`,
    });
    expect(script).toContain("b = () => c");
  });

  it("a value that is not public", async () => {
    const files = {
      "src/main.ts": `// import.meta.env.NOT_THIS\nconsole.log("ä", import.meta.env.API_KEY, import.meta.env.VITE_A, import.meta.env.MODE);`,
    };
    expect(await warned(files, { VITE_A: "1" })).toMatchObject([
      {
        message: '"API_KEY" is not public, so it has no value in a preview.',
        file: "src/main.ts",
        line: 2,
        column: 18,
        hint: expect.stringContaining("VITE_ or EXPO_PUBLIC_") as string,
      },
    ]);
    expect(await warned(files)).toMatchObject([
      {},
      { message: '"VITE_A" has no value.', hint: "Write VITE_A=… into the project's .env file." },
    ]);
  });

  it("a module of native code", async () => {
    const code = `import Map from "react-native-maps";\nexport default () => <Map />;`;
    expect(await native(code)).toMatchObject({
      message: `"react-native-maps" needs native code, which a phone's browser can't run.`,
      line: 1,
      hint: expect.stringContaining("*.web.tsx") as string,
    });
  });

  it("a part of a module that has a stand-in without it", async () => {
    const code = `import { Gesture } from "react-native-gesture-handler";\nexport default () => Gesture;`;
    expect(await native(code)).toMatchObject({
      message: '"Gesture" is not a part of what previews put in the place of "react-native-gesture-handler".',
      file: "App.tsx",
    });
  });

  it.each([
    [`new Worker(new URL("./w.ts", import.meta.url));`, "Web workers don't run in previews."],
    [`import W from "./w?worker";\nnew W();`, "Web workers don't run in previews."],
    [
      "import.meta.glob(pattern);",
      "import.meta.glob takes patterns and options that are written out, not computed.",
    ],
    [
      `import.meta.glob("pages/*.ts");`,
      "A pattern of import.meta.glob begins with ./, ../ or / in previews.",
    ],
    [
      `import.meta.glob("./*.ts", { query: { foo: 1 } });`,
      "import.meta.glob takes patterns and options that are written out, not computed.",
    ],
    [
      `import.meta.glob("./*.ts", { query: "?foo" });`,
      "import.meta.glob knows the queries raw, url and inline in previews.",
    ],
    [
      `import.meta.glob("./[z-a].ts");`,
      "This pattern of import.meta.glob can't be read: look at its brackets and braces.",
    ],
    [
      `import.meta.glob("./}{");`,
      "This pattern of import.meta.glob can't be read: look at its brackets and braces.",
    ],
    [
      `import.meta.glob("./**/a/**/b/**/c/**/d.ts");`,
      "A pattern of import.meta.glob has at most 3 ** in previews, and 3 * between two /.",
    ],
    [
      `import.meta.glob("./*a*a*a*a.ts");`,
      "A pattern of import.meta.glob has at most 3 ** in previews, and 3 * between two /.",
    ],
    [`import.meta.glob("./*.ts", { base: "./x" });`, 'import.meta.glob has no option "base" in previews.'],
  ])("what previews don't have: %s", async (code, message) => {
    const found = await told(bundleWeb({ "src/main.ts": code, "src/w.ts": "" }));
    expect(found).toMatchObject({ message, file: "src/main.ts", line: 1 });
    expect(found.hint).toBeTruthy();
  });
});
