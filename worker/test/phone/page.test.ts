import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { appFrame, chromiumPath, openApp } from "./browser.ts";
import { phoneTest } from "./fixture.ts";
import { preview, upload, type Files } from "./project.ts";
import { openToken, sendJob } from "./stack.ts";

describe.skipIf(chromiumPath === undefined)("the phone page", () => {
  phoneTest("a failed build shows file, line, column, code and what to do", async ({ page, web }) => {
    const { link } = await web({
      "index.html": `<script type="module" src="/main.ts"></script>`,
      "main.ts": `import confetti from "confetti";\nconfetti();\n`,
    });
    await page.goto(link);
    await page.waitForSelector(".report");
    const text = await page.innerText(".report");
    expect(text).toContain("main.ts:1:22");
    expect(text).toContain('The package "confetti" is not installed.');
    expect(text).toContain("npm install confetti");
    expect(await page.innerText(".hit")).toContain("import confetti");
  });

  phoneTest("an error in the app is shown at its place in the source", async ({ page, web }) => {
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

  phoneTest("the page waits for the build, then follows to the next version", async ({ page, stack }) => {
    const version = (title: string): Files => ({ "index.html": `<h1>${title}</h1>` });
    const options = { kind: "web", entry: "index.html", files: version("first") } as const;
    const { job, jobId, link, previewId, projectId } = await upload(stack, options);
    await page.goto(link);
    await page.waitForSelector(".now >> text=Building it");
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

  phoneTest(
    "a version that fails covers the last good one, which can be shown again",
    async ({ page, stack }) => {
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
      // And for somebody who comes only now.
      await page.goto("about:blank");
      await page.goto(link);
      await page.waitForSelector("iframe:not(.next)");
      await page.waitForSelector("text=The build failed");
    },
  );

  phoneTest(
    "a link leaves no token in the address, and works again after it has run out",
    async ({ page, stack, web }) => {
      const { link, previewId, projectId } = await web({ "index.html": "<h1>kept</h1>" });
      await openApp(page, link);
      expect(page.url()).not.toContain("#");
      await page.reload();
      await page.waitForSelector("iframe:not(.next)");
      const past = Math.floor(Date.now() / 1000) - 60;
      const old = openToken({ preview_id: previewId, project_id: projectId, exp: past });
      await openApp(page, `${stack.worker.url}/p/${previewId}#${old}`);
    },
  );

  phoneTest("an expired link says so", async ({ page, stack, web }) => {
    const { previewId, projectId } = await web({ "index.html": "<h1>secret</h1>" });
    const past = Math.floor(Date.now() / 1000) - 60;
    const old = openToken({ preview_id: previewId, project_id: projectId, exp: past });
    await page.goto(`${stack.worker.url}/p/${previewId}#${old}`);
    await page.waitForSelector("text=This link is no longer open");
    expect(page.frames()).toHaveLength(1);
  });

  phoneTest("a lost connection is said, and found again", async ({ page, web }) => {
    const { link } = await web({ "index.html": "<h1>back</h1>" });
    await page.route("**/session", (route) => route.abort());
    await page.goto(link);
    await page.waitForSelector("text=No connection");
    await page.unroute("**/session");
    await page.tap("text=Try again now");
    await appFrameText(page, "back");
  });
});

async function appFrameText(page: Page, text: string): Promise<void> {
  await page.waitForSelector("iframe:not(.next)");
  await appFrame(page).waitForSelector(`text=${text}`);
}
