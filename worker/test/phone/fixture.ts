/** What every phone test has: a Worker with its backend and a browser for the file, a fresh page for the test. */
import type { Browser, Page } from "playwright-core";
import { test as base } from "vitest";
import { chromiumPath, launch, openPhone, SKIPPED } from "./browser.ts";
import { preview, startStack, stopStack, type Files, type Sent, type Stack } from "./project.ts";

interface Phone {
  readonly stack: Stack;
  readonly browser: Browser;
  readonly page: Page;
  /** What the page and the app wrote to the console as errors. */
  readonly noise: string[];
  /** Preview a web project with the page `index.html`. */
  readonly web: (files: Files) => Promise<Sent>;
}

if (chromiumPath === undefined) console.warn(`phone tests skipped: ${SKIPPED}`);

export const phoneTest = base.extend<Phone>({
  stack: [
    async ({}, use) => {
      const stack = await startStack();
      await use(stack);
      await stopStack(stack);
    },
    { scope: "file" },
  ],
  browser: [
    async ({}, use) => {
      const browser = await launch();
      await use(browser);
      await browser.close();
    },
    { scope: "file" },
  ],
  noise: async ({}, use) => {
    await use([]);
  },
  page: async ({ browser, noise }, use) => {
    const page = await openPhone(browser);
    page.on("console", (message) => {
      if (message.type() === "error") noise.push(message.text());
    });
    await use(page);
    await page.close();
  },
  web: async ({ stack }, use) => {
    await use((files) => preview(stack, { kind: "web", entry: "index.html", files }));
  },
});
