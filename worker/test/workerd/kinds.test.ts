import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { PreviewKind } from "../../src/contract.gen.ts";
import { checkManifest } from "../../src/preview/manifest.ts";
import { planFor } from "../../src/preview/kinds/planners.ts";
import { markdownToHtml } from "../../src/preview/kinds/markdown.ts";
import type { Plan } from "../../src/preview/kinds/plan.ts";
import { readComponent, sampleOf } from "../../src/preview/props.ts";
import { loadSources } from "../../src/preview/sources.ts";
import { bundlePlan, bundleProject, store, type Files } from "./projects.ts";

async function plan(kind: PreviewKind, entry: string, files: Files): Promise<Plan> {
  const { build, manifest } = await store(kind, entry, files);
  return planFor(checkManifest(manifest, build), (await loadSources(env.R2, build, manifest)).sources);
}

describe("a Markdown file", () => {
  it("is shown in GitHub's dialect", () => {
    const html = markdownToHtml(
      "# Bees & co\n\n| a | b |\n|---|--:|\n| 1 | ~~2~~ |\n\n- [x] done\n\nhttps://example.com [^1]\n\n[^1]: a note\n",
    );
    expect(html).toContain('<h1 id="bees--co">');
    expect(html).toContain('<td align="right"><del>2</del></td>');
    expect(html).toMatch(/<input type="checkbox"[^>]* checked/);
    expect(html).toContain('<a href="https://example.com">');
    const target = /href="#(user-content-fn-1)"/.exec(html)?.[1] ?? "none";
    expect(html).toContain(`id="${target}"`);
  });

  it.each([
    `<script>alert(1)</script>`,
    `<img src=x onerror="alert(1)">`,
    `[press](javascript:alert(1))`,
    `<a href="java&#10;script:alert(1)">press</a>`,
    `<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
    `<svg onload=alert(1)><style>@import "x"</style></svg>`,
    `<form action="https://else.where"><button formaction="javascript:alert(1)">x</button></form>`,
    `<p style="position:fixed" onclick="alert(1)">x</p>`,
    "```html\n<script>alert(1)</script>\n```",
  ])("runs nothing of %s", (text) => {
    const html = markdownToHtml(text);
    expect(html).not.toMatch(/<(script|iframe|svg|style|form|button)|\son\w+=|javascript:|style=/i);
  });

  it("shows its pictures, wherever they lie, and keeps the HTML that GitHub keeps", async () => {
    const { page, assetPaths } = await plan("markdown", "docs/guide.md", {
      "docs/guide.md": `![bee](img/bee%20one.png)\n\n<p align="center"><img src="/docs/logo.svg" width="20"></p>`,
      "docs/img/bee one.png": new Uint8Array([1]),
      "docs/logo.svg": "<svg/>",
    });
    expect(page.body).toContain('<p align="center"><img src="/docs/logo.svg" width="20"></p>');
    expect(assetPaths).toEqual(["docs/img/bee one.png", "docs/logo.svg"]);
  });

  it("says what is wrong with bytes that are no text", async () => {
    const wrong = plan("markdown", "a.md", { "a.md": new Uint8Array([0xff, 0xfe, 0x41]) });
    await expect(wrong).rejects.toMatchObject({ diagnostic: { file: "a.md", hint: "Save it as UTF-8." } });
  });
});

describe("an image", () => {
  it("is shown by its address, with its name and size", async () => {
    const { page, assetPaths, project } = await plan("image", `art/a "b" <c>.svg`, {
      [`art/a "b" <c>.svg`]: "<svg/>".repeat(300),
    });
    expect(page.body).toContain(
      '<img class="drawing" src="/a%20%22b%22%20%3Cc%3E.svg" alt="a &quot;b&quot; &lt;c&gt;.svg">',
    );
    expect(page.body).toContain("1.8 KB");
    expect(assetPaths).toEqual([`art/a "b" <c>.svg`]);
    expect((await bundlePlan(await plan("image", "a.png", { "a.png": "x" }))).script).not.toContain("import");
    expect(project.root).toBe("art");
  });
});

describe("a single component", () => {
  it("is rendered by React, with values for what it requires", async () => {
    const files = { "ui/Card.tsx": "export default ({ title }: { title: string }) => <h1>{title}</h1>;" };
    const { script, preludes } = await bundleProject("component", "ui/Card.tsx", files);
    expect(preludes).toEqual(["react"]);
    expect(script).toContain(`"title": "title"`);
  });

  it("is a native one where its project or its imports are", async () => {
    const native = `import { Text } from "react-native"; export const Card = () => <Text>hi</Text>;`;
    const { preludes } = await bundleProject("component", "Card.tsx", { "Card.tsx": native });
    expect(new Set(preludes)).toEqual(new Set(["react", "react_native"]));
  });

  it("is rendered by Preact in a Preact project, whose aliases and public files it has", async () => {
    const { preludes, script } = await bundleProject("component", "app/src/Card.jsx", {
      "app/package.json": `{ "dependencies": { "preact": "10" } }`,
      "app/tsconfig.json": `{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }`,
      "app/src/Card.jsx": `import { a } from "@/a"; import logo from "/logo.svg"; export const Card = () => <p>{a}{logo}</p>;`,
      "app/src/a.ts": `export const a = "by alias";`,
      "app/public/logo.svg": "<svg/>",
    });
    expect(preludes).toEqual(["preact"]);
    expect(script).toContain("by alias");
    expect(script).toContain('asset("/logo.svg")');
  });

  it("has its properties listed on the page, as text", async () => {
    const { page } = await plan("component", "Card.tsx", {
      "Card.tsx": `export function Card({ size = "<b>" }: { size?: string; items: Map<string, Item> }) { return null; }`,
    });
    expect(page.body).toContain("Props of Card");
    expect(page.body).toContain("<code>size?</code>");
    expect(page.body).toContain("&lt;b&gt;");
    expect(page.body).toContain("Map&lt;string, Item&gt;");
    expect(page.body).not.toContain("<b>");
  });

  it("that is none is refused with what to do", async () => {
    const wrong = plan("component", "a.ts", { "a.ts": "export const sum = (a: number) => a;" });
    await expect(wrong).rejects.toMatchObject({
      code: "PREVIEW_BUILD_FAILED",
      diagnostic: { file: "a.ts", hint: expect.stringContaining("capital letter") as string },
    });
  });
});

describe("the properties of a component", () => {
  const names = (text: string): string[] =>
    (readComponent(text)?.props ?? []).map(({ name, required }) => name + (required ? "" : "?"));

  it.each([
    [
      "an interface",
      `interface P { title: string; size?: number }\nexport default function Card(props: P) {}`,
    ],
    [
      "a type",
      `type P = {\n  title: string // with a ; in it\n  size?: number\n}\nexport const Card = ({ title, size }: P) => null;`,
    ],
    ["a literal", `export const Card = ({ title, size = 3 }: { title: string, size?: number }) => null;`],
    ["no types", `export default function Card({ title, size = "a, b" }) {}`],
    [
      "FC",
      `type P = { title: string; size?: number };\nexport const Card: React.FC<P> = ({ title }) => null;`,
    ],
    ["memo", `function Card({ title, size = [1, 2] }) {}\nexport default memo(Card);`],
    [
      "memo around it",
      `export const Card = memo<{ title: string; size?: () => void }>(function Card(props) {});`,
    ],
    ["an arrow by default", `export default ({ title, size = (1, 2) }) => <p>Don't</p>;`],
    [
      "bases",
      `interface B { title: string }\ninterface P extends B { size?: Array<{ a: 1 }> }\nexport function Card(p: P) {}`,
    ],
    ["both joined", `type A = { title: string };\nexport function Card(p: A & { size?: number }) {}`],
    [
      "a fallback for what its type requires",
      `export const Card = ({ title, size = 3 }: { title: string; size: number }) => null;`,
    ],
    [
      "a comment before it",
      `// export default function Other({ a }) {}\nexport default function Card({ title, size = 1 }) {}`,
    ],
    ["a list of exports", `const Card = ({ title, size = 1 }) => null;\nexport { Card as default };`],
  ])("are read from %s", (_name, text) => {
    expect(names(text)).toEqual(["title", "size?"]);
  });

  it("are none where it takes none", () => {
    expect(readComponent("export default function Card() {}")).toEqual({
      name: "Card",
      exported: "default",
      props: [],
    });
  });

  it("get a value where one can be made up", () => {
    const text = `export function Card(p: { onPress: (at: number) => void; kind: "a" | "b"; items: string[]; on: boolean; user: User; close(): void }) {}`;
    expect(readComponent(text)?.props.map(sampleOf)).toEqual([
      "() => {}",
      `"a"`,
      "[]",
      "true",
      null,
      "() => {}",
    ]);
  });
});
