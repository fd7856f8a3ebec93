import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { EXPO_APP, NATIVE_APP } from "./apps.ts";
import { chromiumPath, INSECURE_HOST, openApp } from "./browser.ts";
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

/** `npm create vite`, by the npm that runs these tests where there is one. */
async function createVite(folder: string, template: string): Promise<void> {
  const npm = process.env["npm_execpath"];
  const command = npm === undefined ? "npm" : process.execPath;
  const options = [template, "--template", template, "--no-interactive"];
  const create = ["create", "--yes", "vite@9.3.0", "--", ...options];
  await promisify(execFile)(command, npm === undefined ? create : [npm, ...create], { cwd: folder });
}
