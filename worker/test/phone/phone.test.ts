import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { appFrame, chromiumPath, INSECURE_HOST, launch, openApp, openPhone, SKIPPED } from "./browser.ts";
import { preview, readFolder, upload, type Files, type Sent, type Stack } from "./project.ts";
import { openToken, sendJob, startBackend, startWorker } from "./stack.ts";

const TEMPLATES = ["react-ts", "react", "preact-ts", "preact", "vanilla-ts", "vanilla"];

if (chromiumPath === undefined) console.warn(`phone tests skipped: ${SKIPPED}`);

describe.skipIf(chromiumPath === undefined)("on a phone", () => {
  let stack: Stack;
  let browser: Browser;
  let page: Page;
  const noise: string[] = [];

  beforeAll(async () => {
    const backend = await startBackend();
    stack = { backend, worker: await startWorker(backend.url) };
    browser = await launch();
  });

  afterAll(async () => {
    await browser.close();
    await stack.worker.stop();
    await stack.backend.stop();
  });

  beforeEach(async () => {
    page = await openPhone(browser);
    noise.length = 0;
    page.on("console", (message) => {
      if (message.type() === "error") noise.push(message.text());
    });
  });

  afterEach(async () => {
    await page.close();
  });

  const web = async (files: Files): Promise<Sent> =>
    preview(stack, { kind: "web", entry: "index.html", files });

  describe("a project as create-vite makes it", () => {
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "hivesync-vite-"));
    });

    afterAll(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    it.each(TEMPLATES)("with the template %s is shown, and its button counts", async (template) => {
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
    });
  });

  it("a React Native app is shown, takes text and taps, and fills the screen", async () => {
    const { link } = await preview(stack, { kind: "react_native", entry: "App.tsx", files: NATIVE_APP });
    const app = await openApp(page, link);
    await app.fill("input", "Ada");
    await app.tap("text=Greet");
    await app.waitForSelector("text=Hello, Ada");
    expect(await app.evaluate(() => document.getElementById("screen")?.clientHeight)).toBe(844);
  });

  it("a plain site runs its scripts when its page is there", async () => {
    const { link } = await web({
      "index.html": `<link rel="stylesheet" href="css/site.css"><p id="out">waiting</p><script src="site.js"></script>`,
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
    expect(await app.evaluate(() => getComputedStyle(document.querySelector("#out") as Element).color)).toBe(
      "rgb(1, 2, 3)",
    );
  });

  it("a failed build shows file, line, column, code and what to do", async () => {
    const { link } = await web({
      "index.html": `<script type="module" src="/main.ts"></script>`,
      "main.ts": `import confetti from "confetti";\nconfetti();\n`,
    });
    await page.goto(link);
    await page.waitForSelector(".report");
    const text = await page.innerText(".report");
    expect(text).toContain("main.ts:1:22");
    expect(text).toContain('The package "confetti" is not available in previews.');
    expect(text).toContain("npm install confetti");
    expect(await page.innerText(".hit")).toContain("import confetti");
  });

  it("an error in the app is shown at its place in the source", async () => {
    const { link } = await web({
      "index.html": `<button>Break</button><script type="module" src="/main.ts"></script>`,
      "main.ts": `const name: string | null = null;\n\ndocument.querySelector("button")!.onclick = () => {\n  console.log(name!.length);\n};\n`,
    });
    const app = await openApp(page, link);
    await app.tap("button");
    await page.waitForSelector(".report");
    expect(await page.innerText(".place")).toBe("main.ts:4:21");
    expect(await page.innerText(".hit")).toContain("console.log(name!.length)");
    await page.tap("text=Dismiss");
    await page.waitForSelector(".report", { state: "detached" });
  });

  it("the page waits for the build, then follows to the next version", async () => {
    const version = (title: string): Files => ({ "index.html": `<h1>${title}</h1>` });
    const options = { kind: "web", entry: "index.html", files: version("first") } as const;
    const { job, jobId, link, previewId, projectId } = await upload(stack, options);
    await page.goto(link);
    await page.waitForSelector("text=Building your project");
    await sendJob(stack.worker.url, `${jobId}.1`, job);
    await page.waitForSelector("iframe:not(.next)");
    await appFrame(page).waitForSelector("text=first");
    await preview(stack, { ...options, files: version("second"), previewId, projectId, version: 2 });
    await expect
      .poll(
        () =>
          appFrame(page)
            .innerText("h1")
            .catch(() => ""),
        { timeout: 15_000 },
      )
      .toBe("second");
  });

  it("a version that fails covers the last good one, which can be shown again", async () => {
    const options = { kind: "web", entry: "index.html" } as const;
    const { link, previewId, projectId } = await preview(stack, {
      ...options,
      files: { "index.html": "<h1>good</h1>" },
    });
    await openApp(page, link);
    const files = { "index.html": `<script src="gone.js"></script>` };
    await preview(stack, { ...options, files, previewId, projectId, version: 2 });
    await page.tap("text=Show the last version that worked");
    expect(await appFrame(page).innerText("h1")).toBe("good");
  });

  it("a link leaves no token in the address, and works again after it has run out", async () => {
    const { link, previewId, projectId } = await web({ "index.html": "<h1>kept</h1>" });
    await openApp(page, link);
    expect(page.url()).not.toContain("#");
    await page.reload();
    await page.waitForSelector("iframe:not(.next)");
    const past = Math.floor(Date.now() / 1000) - 60;
    const old = openToken({ preview_id: previewId, project_id: projectId, exp: past });
    await openApp(page, `${stack.worker.url}/p/${previewId}#${old}`);
  });

  it("an expired link says so", async () => {
    const { previewId, projectId } = await web({ "index.html": "<h1>secret</h1>" });
    const past = Math.floor(Date.now() / 1000) - 60;
    const old = openToken({ preview_id: previewId, project_id: projectId, exp: past });
    await page.goto(`${stack.worker.url}/p/${previewId}#${old}`);
    await page.waitForSelector("text=This link is no longer open");
    expect(page.frames()).toHaveLength(1);
  });

  it("a lost connection is said, and found again", async () => {
    const { link } = await web({ "index.html": "<h1>back</h1>" });
    await page.route("**/session", (route) => route.abort());
    await page.goto(link);
    await page.waitForSelector("text=No connection");
    await page.unroute("**/session");
    await page.tap("text=Try again now");
    await appFrameText(page, "back");
  });

  it("everything works without a secure context, as on a local network", async () => {
    const { link } = await preview(stack, { kind: "react_native", entry: "App.tsx", files: NATIVE_APP });
    const app = await openApp(page, link.replace("127.0.0.1", INSECURE_HOST));
    expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
    await app.fill("input", "Lan");
    await app.tap("text=Greet");
    await app.waitForSelector("text=Hello, Lan");
    expect(noise).toEqual([]);
  });

  it("the app can reach neither the page, nor its storage, nor the Worker's files", async () => {
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
  });
});

/** `npm create vite`, by the npm that runs these tests where there is one. */
async function createVite(folder: string, template: string): Promise<void> {
  const npm = process.env["npm_execpath"];
  const command = npm === undefined ? "npm" : process.execPath;
  const options = [template, "--template", template, "--no-interactive"];
  const create = ["create", "--yes", "vite@9.3.0", "--", ...options];
  await promisify(execFile)(command, npm === undefined ? create : [npm, ...create], { cwd: folder });
}

async function appFrameText(page: Page, text: string): Promise<void> {
  await page.waitForSelector("iframe:not(.next)");
  await appFrame(page).waitForSelector(`text=${text}`);
}

const NATIVE_APP: Files = {
  "App.tsx": `
import { useState } from "react";
import { FlatList, Pressable, Text, TextInput, View } from "react-native";
import { greet } from "./greet";

export default function App() {
  const [name, setName] = useState("");
  const [greetings, setGreetings] = useState<string[]>([]);
  return (
    <View nativeID="screen" style={{ flex: 1 }}>
      <TextInput value={name} onChangeText={setName} />
      <Pressable onPress={() => setGreetings([...greetings, greet(name)])}><Text>Greet</Text></Pressable>
      <FlatList data={greetings} renderItem={({ item }) => <Text>{item}</Text>} />
    </View>
  );
}
`,
  "greet.ios.ts": "export const greet = (name: string) => `Hello, ${name}`;",
  "greet.ts": "export const greet = () => `wrong platform`;",
};
