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
    await page.waitForSelector("text=1 of 2");
    await page.tap("text=Next");
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

  phoneTest("reads nothing of the browser, and starts nothing in it", async ({ page, web, stack }) => {
    const other = await web({ "index.html": "<h1>other</h1>" });
    const { link } = await web({ "index.html": "<h1>hello</h1>" });
    const app = await openApp(page, link);
    const outcome = await app.evaluate(async (path) => {
      const attempt = async (act: () => unknown): Promise<unknown> => {
        try {
          return await act();
        } catch {
          return "refused";
        }
      };
      const opens = async (stream: EventTarget): Promise<string> =>
        new Promise((resolve) => {
          stream.addEventListener("open", () => {
            resolve("open");
          });
          stream.addEventListener("error", () => {
            resolve("refused");
          });
        });
      document.cookie = "planted=1";
      return {
        opener: window.opener as unknown,
        page: await attempt(() => window.parent.document),
        pageStorage: await attempt(() => window.parent.localStorage),
        pageVariables: await attempt(() => (window.parent as unknown as { name: string }).name),
        database: await attempt(() => indexedDB.open("x")),
        cache: await attempt(async () => caches.open("x")),
        serviceWorker: await attempt(async () => navigator.serviceWorker.register("/frame")),
        fetched: await attempt(async () => fetch(`${path}/current`)),
        posted: await attempt(async () => fetch(`${path}/handover`, { method: "POST", mode: "no-cors" })),
        stream: await attempt(async () => opens(new EventSource(`${path}/current`))),
        socket: await attempt(async () => opens(new WebSocket(path.replace("http", "ws")))),
        popup: await attempt(() => window.open(path)),
      };
    }, `${stack.worker.url}/p/${other.previewId}`);
    const refused = [
      ...["page", "pageStorage", "pageVariables", "database", "cache", "serviceWorker"],
      ...["fetched", "posted", "stream", "socket"],
    ];
    expect(outcome).toEqual({
      opener: null,
      popup: null,
      ...Object.fromEntries(refused.map((name) => [name, "refused"])),
    });
    expect(await page.context().cookies()).toEqual([]);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(
      0,
    );
  });

  phoneTest.for([
    ["a form", "form-action", `<form action="https://example.com/">`],
    ["a frame", "frame-src", `<iframe src="http://example.com/">`],
    ["a link", "frame-src", `<a href="https://example.com/">`],
  ] as const)("reaches no other page by %s", async ([, directive, markup], { page, web }) => {
    const { link } = await web({ "index.html": "<h1>hello</h1>" });
    const app = await openApp(page, link);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const refused = new RegExp(`example\\.com.*${directive}`, "s");
    const blocked = page.waitForEvent("console", (message) => refused.test(message.text()));
    await app.evaluate((html) => {
      document.body.innerHTML = html;
      document.querySelector("form")?.submit();
      // Without a click, which our own code would take for a link to open beside the preview.
      const target = document.querySelector("a")?.href;
      if (target !== undefined) location.href = target;
    }, markup);
    await blocked;
    expect(asked.filter((address) => address.includes("example.com"))).toEqual([]);
    expect(page.url()).not.toContain("example.com");
  });

  phoneTest("can't forge the words by which a frame gets its port", async ({ page, web }) => {
    const { link } = await web({ "index.html": `<h1>hello</h1><script>${STEAL}</script>` });
    const app = await openApp(page, link);
    const ports = await app.evaluate(async () => {
      const { port } = globalThis as unknown as { port: MessagePort };
      let got = 0;
      window.addEventListener("message", (event) => (got += event.ports.length));
      for (const word of ["hivesync-frame-hello", "hivesync-frame-port"])
        window.parent.postMessage(word, "*");
      // The page takes our words in their order: when it has answered the last, it has heard the others.
      await new Promise((resolve) => {
        port.addEventListener("message", resolve, { once: true });
        port.postMessage({ type: "need", url: "/nothing" });
      });
      return got;
    });
    expect(ports).toBe(0);
    expect(await page.locator("iframe").count()).toBe(1);
  });

  phoneTest("lets no other server see where it is shown, nor its token", async ({ page, web }) => {
    const seen: Record<string, string>[] = [];
    const addresses: string[] = [];
    page.on("request", (request) => addresses.push(request.url()));
    await page.route("https://pictures.example/**", async (route) => {
      seen.push(await route.request().allHeaders());
      await route.fulfill({ status: 404 });
    });
    const { link, previewId } = await web({ "index.html": `<img src="https://pictures.example/bee.png">` });
    await openApp(page, link);
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]).not.toHaveProperty("referer");
    expect(JSON.stringify(seen)).not.toContain(previewId);
    const [, token = "no token"] = link.split("#");
    expect(addresses.filter((address) => address.includes(token) && !address.includes("#"))).toEqual([]);
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
