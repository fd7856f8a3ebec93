import { describe, expect, it } from "vitest";
import { buildVersion } from "../../src/preview/build.ts";
import { takeApart } from "../../src/preview/html.ts";
import { planFor } from "../../src/preview/kinds/planners.ts";
import type { Plan } from "../../src/preview/kinds/plan.ts";
import { checkManifest } from "../../src/preview/manifest.ts";
import { loadSources } from "../../src/preview/sources.ts";
import { env } from "cloudflare:workers";
import { bundleProject, store, type Files } from "./projects.ts";

async function plan(html: string, files: Files = {}, entry = "index.html"): Promise<Plan> {
  const { build, manifest } = await store("web", entry, { [entry]: html, ...files });
  return planFor(checkManifest(manifest, build), (await loadSources(env.R2, build, manifest)).sources);
}

describe("a page", () => {
  it("keeps its markup and gives its modules to the bundler", () => {
    const parts = takeApart(
      `<!doctype html><html lang="de" class="dark"><head><title> Bienen </title><link rel="icon" href="/x.svg">
       <link rel="stylesheet" href="a.css"><meta name="theme-color" content="#fff"></head>
       <body class="home"><div id="app"></div><script type="module" src="/m.js"></script></body></html>`,
    );
    expect(parts).toMatchObject({
      title: "Bienen",
      htmlAttributes: { lang: "de", class: "dark" },
      bodyAttributes: { class: "home" },
      head: '<meta name="theme-color" content="#fff">',
      body: '<div id="app"></div>',
    });
    expect(parts.pieces.map(({ type, src }) => [type, src])).toEqual([
      ["style", "a.css"],
      ["script", "/m.js"],
    ]);
  });

  it("keeps data blocks and the title of a drawing", () => {
    const { body, title } = takeApart(
      `<body><script type="application/json" id="d">{"a":1}</script><svg><title>bee</title></svg>`,
    );
    expect(body).toContain('{"a":1}');
    expect(body).toContain("<title>bee</title>");
    expect(title).toBe("");
  });

  it("brings no policy or base address of its own", () => {
    const { head } = takeApart(
      `<head><base href="https://else.where/"><meta http-equiv="Content-Security-Policy" content="default-src *"></head>`,
    );
    expect(head).toBe("");
  });

  it("runs its modules in order, with inline ones among them, after its styles", async () => {
    const { script, style } = await bundleProject("web", "index.html", {
      "index.html": `<script type="module" src="one.js"></script><script type="module">import "./two.js";</script>
        <style>p { color: red }</style><link rel="stylesheet" href="last.css">`,
      "one.js": `console.log("first");`,
      "two.js": `console.log("second");`,
      "last.css": "p { color: blue }",
    });
    expect(script.indexOf("first")).toBeLessThan(script.indexOf("second"));
    expect(style?.indexOf("red")).toBeLessThan(style?.indexOf("blue") ?? -1);
  });

  it("has its classic scripts read, and those of other servers left alone", async () => {
    const { page } = await plan(
      `<script src="js/app.js?v=2"></script><script>go()</script><script src="https://cdn.example/x.js"></script>`,
      { "js/app.js": "function go() {}" },
    );
    expect(page.classicScripts.map(({ code, src }) => src ?? code?.trim().split("\n")[0])).toEqual([
      "function go() {}",
      "go()",
      "https://cdn.example/x.js",
    ]);
  });

  it("may lie in a folder, which is then the root", async () => {
    const files = { "site/main.js": "", "site/img/bee.png": "x", "site/public/wasp.png": "y" };
    const { entry, assetPaths } = await plan(
      `<img src="img/bee.png"><img src="/wasp.png"><script type="module" src="./main.js"></script>`,
      files,
      "site/index.html",
    );
    expect(entry).toContain('"/main.js"');
    expect(assetPaths).toEqual(["site/img/bee.png", "site/public/wasp.png"]);
  });

  it.each([`<script type="module" src="/src/gone.ts"></script>`, `<script src="gone.js"></script>`])(
    "that asks for a missing file is refused at its line: %s",
    async (line) => {
      await expect(plan(`<!doctype html>\n  ${line}`)).rejects.toMatchObject({
        code: "PREVIEW_BUILD_FAILED",
        diagnostic: { file: "index.html", line: 2, column: 3 },
      });
    },
  );
});

describe("a syntax error in a page's own script", () => {
  it.each([
    ["a module", `<!doctype html>\n<script type="module">\nconst = 1;\n</script>`, {}, "index.html", 3],
    ["a classic script", `<!doctype html>\n<p>\n<script>\nlet a b;\n</script>`, {}, "index.html", 4],
    ["a classic script's file", `<script src="a.js"></script>`, { "a.js": "\nlet a b;" }, "a.js", 2],
  ])("is found at its line: %s", async (_what, html, files, file, line) => {
    const { build, manifest } = await store("web", "index.html", { "index.html": html, ...files });
    const sources = (await loadSources(env.R2, build, manifest)).sources;
    await expect(buildVersion(env.R2, build, manifest, sources)).rejects.toMatchObject({
      code: "PREVIEW_BUILD_FAILED",
      diagnostic: { file, line },
    });
  });
});
