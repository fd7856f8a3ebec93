import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { EXPO_APP, GATHERING, NATIVE_APP, SITE } from "./apps.ts";
import { appFrame, chromiumPath, INSECURE_HOST, openApp } from "./browser.ts";
import { phoneTest } from "./fixture.ts";
import { preview, readFolder } from "./project.ts";

const TEMPLATES = ["react-ts", "react", "preact-ts", "preact", "vanilla-ts", "vanilla"];

describe.skipIf(chromiumPath === undefined)("a project as create-vite makes it", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hivesync-vite-"));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  phoneTest.for(TEMPLATES)(
    "with the template %s is shown, and its button counts",
    async (template, { page, web, noise }) => {
      await createVite(folder, template);
      const { callback, link } = await web(await readFolder(join(folder, template)));
      expect(callback.error).toBeNull();
      const app = await openApp(page, link);
      await app.tap("button");
      await app.waitForSelector("text=Count is 1");
      // Pictures from a bundle, and drawings from a sprite in the public folder, which the frame may not load.
      expect(await app.evaluate(() => [...document.images].every((image) => image.naturalWidth > 0))).toBe(
        true,
      );
      expect(
        await app.evaluate(() => document.querySelector("use")?.getBoundingClientRect().width),
      ).toBeGreaterThan(0);
      expect(noise).toEqual([]);
    },
  );
});

describe.skipIf(chromiumPath === undefined)("on a phone", () => {
  phoneTest(
    "a React Native app is shown, takes text and taps, and fills the screen",
    async ({ page, stack }) => {
      const { link } = await preview(stack, { kind: "react_native", entry: "App.tsx", files: NATIVE_APP });
      const app = await openApp(page, link);
      await app.fill("input", "Ada");
      await app.tap("text=Greet");
      await app.waitForSelector("text=Hello, Ada");
      expect(await app.evaluate(() => document.getElementById("screen")?.clientHeight)).toBe(844);
    },
  );

  phoneTest("an app as create-expo-app makes it is shown", async ({ page, stack, noise }) => {
    const { link } = await preview(stack, { kind: "react_native", entry: "index.ts", files: EXPO_APP });
    const app = await openApp(page, link);
    await app.waitForSelector("text=Open up App.tsx to start working on your app!");
    expect(noise).toEqual([]);
  });

  phoneTest("a plain site runs its scripts when its page is there", async ({ page, web }) => {
    const { link } = await web({
      "index.html": `<link rel="stylesheet" href="css/site.css"><p id="out" onclick="this.textContent += ', busy'">
        waiting</p><script src="site.js"></script>`,
      "site.js": `document.addEventListener("DOMContentLoaded", async () => {
        const { bees } = await (await fetch("data/bees.json")).json();
        localStorage.setItem("bees", bees);
        out.textContent = localStorage.getItem("bees") + " bees";
      });`,
      "css/site.css": "#out { color: rgb(1, 2, 3) }",
      "data/bees.json": `{"bees": 12}`,
    });
    const app = await openApp(page, link);
    await app.waitForSelector("text=12 bees");
    await app.tap("#out");
    await app.waitForSelector("text=12 bees, busy");
    expect(await app.evaluate(() => getComputedStyle(document.querySelector("#out") as Element).color)).toBe(
      "rgb(1, 2, 3)",
    );
  });

  phoneTest("a web app gathers its parts by patterns", async ({ page, web, noise }) => {
    const { link, callback } = await web(GATHERING);
    expect(callback.error).toBeNull();
    const app = await openApp(page, link);
    const pre = await app.waitForSelector("pre:not(:empty)");
    expect(JSON.parse((await pre.textContent()) ?? "")).toEqual({
      whole: [
        ["./pages/about.ts", "about"],
        ["./pages/deep/er.ts", "deeper"],
        ["./pages/home.ts", "home"],
      ],
      loaded: [
        ["./pages/home.ts", "HOME"],
        ["./pages/old.js", "OLD"],
      ],
      texts: { "/notes/a.md": "# A", "/notes/b.md": "# B" },
      urls: [["../notes/pixel.svg", "blob:"]],
      none: {},
    });
    expect(noise).toEqual([]);
  });

  phoneTest("links of a site lead to its pages, and back leads back", async ({ page, web, noise }) => {
    const { link, callback } = await web(SITE);
    expect(callback.result).toMatchObject({ warnings: [] });
    await openApp(page, link);
    await follow(page, "About", "About");
    // The query is the page's, and the place that the link names is in sight.
    expect(await appFrame(page).textContent("#query")).toBe("?from=home");
    expect(await appFrame(page).evaluate(() => scrollY)).toBeGreaterThan(2000);
    expect(await colorOf(page, "h1")).toBe("rgb(1, 2, 3)");
    await page.goBack();
    await shows(page, "Home");
    await follow(page, "Blog", "Blog");
    await appFrame(page).waitForFunction(() => (document.querySelector("img")?.naturalWidth ?? 0) > 0);
    await follow(page, "First post", "First post");
    expect(await appFrame(page).evaluate(() => document.body.dataset["count"])).toBe("7");
    await follow(page, "Home", "Home");
    const home = appFrame(page);
    await home.click("text=End");
    await home.waitForFunction(() => scrollY > 2000);
    // The same document: nothing of it was lost.
    expect(appFrame(page)).toBe(home);
    await home.click("text=Gone");
    await page.waitForSelector('text=This preview has no page "gone.html"');
    expect(noise).toEqual([]);
  });

  phoneTest(
    "a page of a site that can't be built is missing, and the others are there",
    async ({ page, web }) => {
      const { link, callback } = await web({
        ...SITE,
        "index.html": `<a href="broken.html">x</a><h1>Home</h1>`,
      });
      expect(callback.result).toMatchObject({
        warnings: [
          { file: "broken.html", line: 1, message: expect.stringContaining("is not shown") as string },
        ],
      });
      await openApp(page, link);
      await shows(page, "Home");
    },
  );

  phoneTest(
    "everything works without a secure context, as on a local network",
    async ({ page, stack, noise }) => {
      const { link } = await preview(stack, { kind: "react_native", entry: "App.tsx", files: NATIVE_APP });
      const app = await openApp(page, link.replace("127.0.0.1", INSECURE_HOST));
      expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
      await app.fill("input", "Lan");
      await app.tap("text=Greet");
      await app.waitForSelector("text=Hello, Lan");
      expect(noise).toEqual([]);
    },
  );

  phoneTest(
    "the app can reach neither the page, nor its storage, nor the Worker's files",
    async ({ page, web }) => {
      const { link, previewId } = await web({ "index.html": "<h1>inside</h1>" });
      const app = await openApp(page, link);
      const attempts = await app.evaluate(async (path) => {
        const attempt = async (act: () => unknown): Promise<string> => {
          try {
            return `got ${String(await act())}`;
          } catch {
            return "refused";
          }
        };
        return Promise.all([
          attempt(() => window.parent.document.title),
          attempt(() => window.parent.localStorage.length),
          attempt(async () => (await fetch(path)).status),
          attempt(() => ((window.top as Window).location.href = "https://example.com/")),
        ]);
      }, `/p/${previewId}/current`);
      expect(attempts).toEqual(["refused", "refused", "refused", "refused"]);
      expect(await app.evaluate(() => [window.origin, localStorage.length, document.cookie])).toEqual([
        "null",
        0,
        "",
      ]);
    },
  );
});

async function follow(page: Page, text: string, heading: string): Promise<void> {
  await appFrame(page).click(`a:has-text("${text}")`);
  await shows(page, heading);
}

/** Wait until a page with this heading is the one that is seen. */
async function shows(page: Page, heading: string): Promise<void> {
  await page.frameLocator("iframe:not(.next)").locator("h1", { hasText: heading }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll("iframe").length === 1);
}

async function colorOf(page: Page, selector: string): Promise<string> {
  return appFrame(page).evaluate((name) => {
    return getComputedStyle(document.querySelector(name) as Element).color;
  }, selector);
}

/** `npm create vite`, by the npm that runs these tests where there is one. */
async function createVite(folder: string, template: string): Promise<void> {
  const npm = process.env["npm_execpath"];
  const command = npm === undefined ? "npm" : process.execPath;
  const options = [template, "--template", template, "--no-interactive"];
  const create = ["create", "--yes", "vite@9.3.0", "--", ...options];
  await promisify(execFile)(command, npm === undefined ? create : [npm, ...create], { cwd: folder });
}
