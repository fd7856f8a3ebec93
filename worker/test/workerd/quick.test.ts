import { env } from "cloudflare:workers";
import { eachMapping, TraceMap, type EncodedSourceMap } from "@jridgewell/trace-mapping";
import { beforeAll, describe, expect, it } from "vitest";
import type { PreviewKind, SourceManifest } from "../../src/contract.gen.ts";
import type { Plan } from "../../src/preview/kinds/plan.ts";
import { planFor } from "../../src/preview/kinds/planners.ts";
import { compileModules, ENTRY_ID } from "../../src/preview/living/compile.ts";
import type { CompiledModule } from "../../src/preview/living/module.ts";
import { compileQuickly } from "../../src/preview/living/quick.ts";
import { loadSources, type Sources } from "../../src/preview/sources.ts";
import { store, type Files } from "./projects.ts";

const NATIVE: Files = {
  "package.json": "{}",
  "tsconfig.json": `{"compilerOptions": {"experimentalDecorators": true, "paths": {"@/*": ["./src/*"]}}}`,
  "App.tsx": `
import React, { useState } from "react";
import { Text } from "react-native";
import * as all from "./src/all";
import word, { word as renamed } from "@/word";
import type { Shape } from "./src/types";
import { type OnlyType } from "./src/all";
import "./src/effect";
import esm from "./src/esm.mts";
import data, { a } from "./src/data.json";
import text from "./src/word.ts?raw";
import logo from "./logo.png";
import * as cjs from "./src/cjs.cjs";
import { StatusBar } from "expo-status-bar";
export * from "./src/star";
export { word as again } from "@/word";
export function Child({ name }: Shape) { return <Text>{name} é 😀</Text>; }
const unused = 1;
export default function App() {
  const [count] = useState<OnlyType>(0);
  if (process.env.EXPO_PUBLIC_NAME) console.log(process.env.NODE_ENV, __DEV__, process.env);
  const lazy = () => import("./src/lazy");
  return <><Text onPress={lazy}>{count} {renamed} {all.x} {word.name} {esm} {data.a + a} {text} {logo} {cjs.x}</Text>
    <Child name="A" /><StatusBar /></>;
}`,
  "src/all.ts": `export const x = 1; export type OnlyType = number; export enum E { A, B = "b" } export namespace N { export const y = 2 }`,
  "src/word.ts": `
function seen(target: object, name: string) { console.log(target, name); }
export const word = "one";
export default class Word { static #made = 0; @seen of() { return Word.#made; } accessor size = 1; }`,
  "src/types.ts": `export interface Shape { name: string }`,
  "src/effect.js": `globalThis.hits = (globalThis.hits ?? 0) + 1;`,
  "src/esm.mts": `import word from "./word"; import other from "./other"; import React from "react"; export default [word, other, React];`,
  "src/other.mts": `export default 3;`,
  "src/data.json": `{"a": 1}`,
  "src/star.ts": `export * from "./word"; export * as ns from "./all"; export let live = 1; export function up() { live += 1; }`,
  "src/cjs.cjs": `if (__DEV__) exports.x = require("./all.ts").x; else exports.x = require("./gone"); exports.later = (name) => require(name);`,
  "src/lazy.jsx": `import * as circle from "../App"; export default async () => { for await (const x of []) console.log(x, circle); return <b>{1}</b>; }`,
  "logo.png": new Uint8Array([1, 2, 3]),
};

const WEB: Files = {
  "package.json": `{"dependencies": {"preact": "*"}}`,
  "index.html": `<!doctype html><script type="module" src="/src/main.tsx"></script>`,
  "src/main.tsx": `
import { render } from "preact";
import styles from "./a.module.css";
import "./b.css";
import logo, { name } from "./logo";
const helper = new URL("./pic.svg", import.meta.url).href;
if (import.meta.env.DEV && import.meta.hot) import.meta.hot.accept();
render(<p class={styles.big} title={import.meta.env.VITE_TITLE}>{logo}{name}{helper}{String(import.meta.url)}</p>, document.body);`,
  "src/a.module.css": `.big { color: red }`,
  "src/b.css": `p { margin: 0 }`,
  "src/logo.ts": `export { default } from "./pic.svg"; export const name = 'say require("./pic.svg")' satisfies string;`,
  "src/pic.svg": `<svg xmlns="http://www.w3.org/2000/svg"/>`,
};

interface Program {
  readonly plan: Plan;
  readonly sources: Sources;
  readonly modules: readonly CompiledModule[];
  readonly known: ReadonlySet<string>;
}

async function program(kind: PreviewKind, entry: string, files: Files): Promise<Program> {
  const { build, manifest } = await store(kind, entry, files);
  const settings: SourceManifest = { ...manifest, env: { VITE_TITLE: "t", EXPO_PUBLIC_NAME: "n" } };
  const { sources } = await loadSources(env.R2, build, settings);
  const plan = planFor(settings, sources);
  const { modules } = await compileModules(plan, [ENTRY_ID]);
  return { plan, sources, modules, known: new Set(modules.map(({ id }) => id)) };
}

/** Write a quickly compiled module's code with the ids and the names that the usual way gives. */
function asUsual({ code }: CompiledModule): string {
  const [, names = "", rest = ""] = /^require=.*?\(require,(\{.*?\})\);(.*)$/s.exec(code) ?? [];
  const ids = JSON.parse(names) as Record<string, string>;
  return rest
    .replace(/(?<!say )require\("([^"]+)"\)/g, (_call, name: string) => `require("${ids[name] ?? name}")`)
    .replace(/\bproject_(\w+_exports)\b/g, "$1");
}

/** Give what each line came from; columns within a line depend on the names that stand there. */
function places({ map }: CompiledModule): unknown {
  const { sources, sourcesContent, names } = JSON.parse(map) as EncodedSourceMap;
  const lines: unknown[] = [];
  eachMapping(new TraceMap(map), ({ generatedLine, originalLine, originalColumn, name }) => {
    lines.push([generatedLine, originalLine, originalColumn, name]);
  });
  return { sources, sourcesContent, names, lines };
}

describe("a saved script that is compiled quickly", () => {
  it.each<[kind: PreviewKind, entry: string, files: Files]>([
    ["react_native", "App.tsx", NATIVE],
    ["web", "index.html", WEB],
  ])("is what the bundler makes of it, in a project of kind %s", async (kind, entry, files) => {
    const { plan, modules, known } = await program(kind, entry, files);
    const scripts = modules.filter(({ id }) => /^project:.*\.[cm]?[jt]sx?$/.test(id));
    expect(scripts.length).toBe(
      Object.keys(files).filter((path) => /\.[cm]?[jt]sx?$/.test(path)).length - (kind === "web" ? 0 : 1),
    );
    for (const usual of scripts) {
      const quick = await compileQuickly(plan, usual.id, known);
      if (quick === null) throw new Error(`${usual.id} was left to the bundler`);
      expect(asUsual(quick), usual.id).toBe(usual.code);
      expect(places(quick), usual.id).toEqual(places(usual));
      expect(quick).toMatchObject({ id: usual.id, css: usual.css, files: usual.files });
    }
  });
});

it("a style sheet of a live preview brings what it imports, and its classes are its own", async () => {
  const { modules, plan, known } = await program("web", "index.html", {
    "index.html": `<script type="module" src="/main.js"></script>`,
    "main.js": `import "./page.css"; import one from "./one/a.module.css"; import two from "./two/a.module.css"; console.log(one, two);`,
    "page.css": `@import "./colours.css"; p { margin: 0 }`,
    "colours.css": `p { color: red }`,
    "one/a.module.css": `.big { color: blue }`,
    "two/a.module.css": `.big { color: green }`,
  });
  const page = modules.find(({ id }) => id === "project:page.css");
  expect(page?.css).toContain("color: red");
  expect(page?.files).toEqual(expect.arrayContaining(["page.css", "colours.css"]));
  // Each as a save compiles it, which knows nothing of the other.
  const saved = ["one", "two"].map((folder) =>
    compileModules(plan, [`project:${folder}/a.module.css`], known),
  );
  const styles = (await Promise.all(saved)).map((compiled) => compiled.modules[0]?.css ?? "");
  const [one, two] = styles.map((css) => /\.(\S+) \{/.exec(css)?.[1]);
  expect([typeof one, typeof two]).toEqual(["string", "string"]);
  expect(one).not.toBe(two);
});

describe("the bundler is left", () => {
  let small: Program;

  beforeAll(async () => {
    const main = `import "./word"; import "./data.json"; import "react"; import text from "./word?raw"; console.log(text);`;
    const files = { "main.ts": main, "word.ts": "", "data.json": "{}", "unused.ts": "" };
    const page = `<script type="module" src="/main.ts"></script>`;
    small = await program("web", "index.html", { ...files, "index.html": page });
  });

  it.each<[what: string, code: string]>([
    ["a mistake", "export const x = ;"],
    ["a file that is not there", `import "./gone";`],
    ["a file that is new to the program", `import "./unused";`],
    ["a prelude that is new to it", `import "react-dom";`],
    ["another use of a file", `export { default } from "./data.json?url";`],
    ["a module of another server", `import "https://example.com/x.js";`],
    ["an await at the top", "await 1;"],
    ["a worker", `new Worker("x.js");`],
    ["a folder of modules", `export const load = (name) => import("./" + name);`],
  ])("%s", async (_what, code) => {
    small.sources.replace("word.ts", code, code.length);
    expect(await compileQuickly(small.plan, "project:word.ts", small.known)).toBeNull();
  });

  it.each(["project:data.json", "project:word.ts?raw", "virtual:hivesync-entry", "prelude:react"])(
    "%s",
    async (id) => {
      expect(small.known).toContain(id);
      expect(await compileQuickly(small.plan, id, small.known)).toBeNull();
    },
  );
});
