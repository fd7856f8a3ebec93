/** What a person sees beside the app: every state says what it is and what to do, to everybody. */
import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { findBarriers } from "./accessibility.ts";
import { appFrame, chromiumPath, openApp } from "./browser.ts";
import { phoneTest } from "./fixture.ts";
import { preview, upload, type Files, type Stack } from "./project.ts";
import { openToken } from "./stack.ts";

const APP: Files = { "index.html": "<title>Trails</title><h1>hello</h1>" };
const NOW = Math.floor(Date.now() / 1000);

interface State {
  readonly name: string;
  readonly go: (page: Page, stack: Stack) => Promise<unknown>;
  readonly says: string;
  readonly advises: string;
}

function linkTo(stack: Stack, claims: Parameters<typeof openToken>[0]): string {
  return `${stack.worker.url}/p/${claims.preview_id}#${openToken(claims)}`;
}

const nobody = (): { preview_id: string; project_id: string } => ({
  preview_id: randomUUID(),
  project_id: randomUUID(),
});

/** As on a network that lets no WebSocket through: then the page asks again and again. */
async function closeRoom(page: Page): Promise<void> {
  await page.routeWebSocket("**/room", (socket) => socket.close());
}

const answerWith =
  (path: string, status: number, problem: object) =>
  async (page: Page, stack: Stack): Promise<void> => {
    await closeRoom(page);
    await page.route(path, (route) =>
      route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify(problem) }),
    );
    await page.goto(linkTo(stack, nobody()));
  };

const STATES: readonly State[] = [
  {
    name: "preparing",
    go: (page, stack) => page.goto(linkTo(stack, nobody())),
    says: "Getting your project",
    advises: "Building it",
  },
  {
    name: "building",
    go: async (page, stack) =>
      page.goto((await upload(stack, { kind: "web", entry: "index.html", files: APP })).link),
    says: "Building it",
    advises: "Loading it onto this device",
  },
  {
    name: "failed",
    go: async (page, stack) => {
      const files = { "index.html": `<script type="module" src="/a.ts"></script>`, "a.ts": "const = 1;" };
      return page.goto((await preview(stack, { kind: "web", entry: "index.html", files })).link);
    },
    says: "The build failed",
    advises: "Mend it in your editor",
  },
  {
    name: "link expired",
    go: (page, stack) => page.goto(linkTo(stack, { ...nobody(), exp: NOW - 60 })),
    says: "This link is no longer open",
    advises: "show the preview's code again",
  },
  {
    name: "preview ended",
    go: (page, stack) => page.goto(linkTo(stack, { ...nobody(), expires_at: NOW - 60 })),
    says: "This preview has ended",
    advises: "Start it again",
  },
  {
    name: "without a link",
    go: (page, stack) => page.goto(`${stack.worker.url}/p/${randomUUID()}`),
    says: "Scan the code to come in",
    advises: "show the preview's code again",
  },
  {
    name: "not found",
    go: (page, stack) => page.goto(`${stack.worker.url}/p/nothing`),
    says: "There is no such preview",
    advises: "show the preview's code again",
  },
  {
    name: "offline",
    go: async (page, stack) => {
      await page.route("**/session", (route) => route.abort());
      await page.goto(linkTo(stack, nobody()));
    },
    says: "No connection",
    advises: "Try again now",
  },
  {
    name: "too many devices",
    go: answerWith("**/current?*", 402, { code: "TIER_LIMIT", detail: "One device at a time." }),
    says: "Open on other devices already",
    advises: "Close the preview on one of them",
  },
  {
    name: "our fault",
    go: answerWith("**/session", 500, { code: "INTERNAL_ERROR", detail: "Something went wrong." }),
    says: "That did not work",
    advises: "Try again now",
  },
  {
    name: "no previews yet",
    go: (page, stack) => page.goto(`${stack.worker.url}/p`),
    says: "No previews yet",
    advises: "Scan a preview's code",
  },
];

describe.skipIf(chromiumPath === undefined)("the state", () => {
  phoneTest.for(STATES)(
    "$name is said, with what to do, without barriers",
    async ({ go, says, advises }, { page, stack }) => {
      await go(page, stack);
      await page.waitForSelector(`:is(h1, .now):has-text("${says}")`);
      expect(await page.innerText("main")).toContain(advises);
      expect(await findBarriers(page)).toEqual([]);
    },
  );

  phoneTest("offline is said over an app that goes on working", async ({ page, stack, web }) => {
    const { link, previewId, projectId } = await web(APP);
    await closeRoom(page);
    await openApp(page, link);
    await page.route("**/current?*", (route) => route.abort());
    const next = { kind: "web", entry: "index.html", files: APP, previewId, projectId, version: 2 } as const;
    await preview(stack, next);
    await page.waitForSelector("text=No connection.");
    expect(await findBarriers(page)).toEqual([]);
    await page.unroute("**/current?*");
    await page.waitForSelector("text=No connection.", { state: "detached" });
    expect(await appFrame(page).innerText("h1")).toBe("hello");
  });
});

describe.skipIf(chromiumPath === undefined)("beside the app", () => {
  phoneTest("a second phone opens the preview by the first one's code", async ({ page, browser, web }) => {
    const { link } = await web(APP);
    await openApp(page, link);
    await page.evaluate(() => {
      Object.defineProperty(navigator.clipboard, "writeText", {
        value: async (text: string) => Promise.resolve(Object.assign(window, { copied: text })),
      });
    });
    await page.tap("[aria-label='Preview menu']");
    await page.tap("text=Open on another phone");
    await page.waitForSelector(".code-card svg path");
    expect(await findBarriers(page)).toEqual([]);
    await page.tap("text=Copy the link");
    await page.waitForSelector("text=Copied.");
    const copied = await page.evaluate(() => (window as unknown as { copied: string }).copied);
    const other = await browser.newPage();
    const app = await openApp(other, copied);
    expect(await app.innerText("h1")).toBe("hello");
    await other.close();
  });

  phoneTest(
    "the previews of this device are listed, and open without their links",
    async ({ page, stack, web }) => {
      await openApp(page, (await web(APP)).link);
      await page.goto(`${stack.worker.url}/p`);
      await page.waitForSelector("text=Previews on this device");
      expect(await findBarriers(page)).toEqual([]);
      await page.tap("text=Trails");
      await page.waitForSelector("iframe:not(.next)");
      expect(await appFrame(page).innerText("h1")).toBe("hello");
    },
  );

  phoneTest(
    "a desktop browser shows the outline of a phone, in the size that is chosen",
    async ({ browser, web }) => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const app = await openApp(page, (await web(APP)).link);
      const size = (): Promise<number[]> => app.evaluate(() => [innerWidth, innerHeight]);
      await expect.poll(size).toEqual([390, 844]);
      const box = await page.locator("main").boundingBox();
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(800);
      await page.selectOption("select", { label: "Tablet · 768 × 1024" });
      await expect.poll(size).toEqual([768, 1024]);
      await page.click("text=Rotate");
      await expect.poll(size).toEqual([1024, 768]);
      expect(await findBarriers(page)).toEqual([]);
      await page.reload();
      await page.waitForSelector("iframe:not(.next)");
      await expect.poll(async () => appFrame(page).evaluate(() => innerWidth)).toBe(768);
      await page.close();
    },
  );

  phoneTest(
    "what is loaded for the first version is not loaded again for the next",
    async ({ page, stack }) => {
      const files = {
        "App.tsx": `import { Text } from "react-native";\nexport default () => <Text>one</Text>;`,
      };
      const options = { kind: "react_native", entry: "App.tsx" } as const;
      const { link, previewId, projectId } = await preview(stack, { ...options, files });
      await openApp(page, link);
      const asked: string[] = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      const next = { "App.tsx": files["App.tsx"].replace("one", "two") };
      await preview(stack, { ...options, files: next, previewId, projectId, version: 2 });
      await page.frameLocator("iframe:not(.next)").getByText("two").waitFor();
      expect(asked.filter((path) => path.startsWith("/-/"))).toEqual([]);
    },
  );
});
