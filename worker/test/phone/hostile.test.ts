/** Previews that want more than to be shown. They run for anybody who opens their link. */
import { describe, expect } from "vitest";
import { chromiumPath, openApp } from "./browser.ts";
import { phoneTest } from "./fixture.ts";

/** Takes the port with which the frame speaks to the page, at the next word that the frame says. */
const STEAL = `
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (...message) {
    globalThis.port = this;
    postMessage.apply(this, message);
  };
  console.log("a word");
`;

describe.skipIf(chromiumPath === undefined)("a hostile preview", () => {
  phoneTest("that speaks through our port opens web pages and nothing else", async ({ page, web }) => {
    await page.addInitScript(() => {
      if (window.top !== window) return;
      const opened: unknown[] = [];
      Object.assign(window, { opened, open: (address: unknown) => void opened.push(address) });
    });
    const { link } = await web({ "index.html": `<h1>hello</h1><script>${STEAL}</script>` });
    const app = await openApp(page, link);
    await app.evaluate(() => {
      const { port } = globalThis as unknown as { port: MessagePort };
      const addresses = [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "intent://x#Intent;end",
        "file:///etc",
      ];
      for (const href of [...addresses, null, {}, "https://example.com/"])
        port.postMessage({ type: "open", href });
    });
    await page.waitForFunction(() => (window as unknown as { opened: unknown[] }).opened.length > 0);
    const opened = await page.evaluate(() => (window as unknown as { opened: unknown[] }).opened);
    expect(opened).toEqual(["https://example.com/"]);
  });

  phoneTest("that speaks nonsense does not break the page", async ({ page, noise, web }) => {
    page.on("pageerror", (error) => noise.push(String(error)));
    const { link } = await web({ "index.html": `<h1>hello</h1><script>${STEAL}</script>` });
    const app = await openApp(page, link);
    await app.evaluate(() => {
      const { port } = globalThis as unknown as { port: MessagePort };
      const nonsense = [
        null,
        7,
        "rendered",
        [],
        { type: "constructor" },
        { type: "need" },
        { type: "console" },
      ];
      for (const message of nonsense) port.postMessage(message);
      port.postMessage({ type: "need", url: "/../../other/v1/app.js" });
      port.postMessage({ type: "error", error: { message: { toString: 1 }, stack: 7 } });
      port.postMessage({ type: "error", error: { message: "<img src=x onerror=alert(1)>", stack: "" } });
    });
    await page.waitForSelector("text=<img src=x onerror=alert(1)>");
    expect(await page.locator("img").count()).toBe(0);
    expect(noise).toEqual([]);
  });

  phoneTest("neither leaves its frame nor takes the page along", async ({ page, web }) => {
    const { link } = await web({ "index.html": "<h1>hello</h1>" });
    const app = await openApp(page, link);
    const address = page.url();
    const refused = await app.evaluate(() => {
      const attempt = (act: () => unknown): boolean => {
        try {
          return act() === null;
        } catch {
          return true;
        }
      };
      return [
        attempt(() => window.open("https://example.com/")),
        attempt(() => void ((window.top ?? window).location.href = "https://example.com/")),
        attempt(() => window.parent.localStorage),
        attempt(() => window.parent.document.body),
      ];
    });
    expect(refused).toEqual([true, true, true, true]);
    expect(page.url()).toBe(address);
    const read = await app.evaluate(async (from) => fetch(from).then(String, () => "refused"), address);
    expect(read).toBe("refused");
  });

  phoneTest("with markup in a file's name shows the name", async ({ page, web }) => {
    const name = "<img src=x onerror=alert(1)>.ts";
    const { link } = await web({
      "index.html": `<script type="module" src="/main.ts"></script>`,
      "main.ts": `import "./${name}";`,
      [name]: "const = 1;",
    });
    await page.goto(link);
    await page.waitForSelector(".report");
    expect(await page.innerText(".place")).toContain(name);
    expect(await page.locator("img").count()).toBe(0);
  });
});
