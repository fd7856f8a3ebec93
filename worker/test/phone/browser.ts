/** A phone-sized Chromium, if this machine has one. */
import { existsSync } from "node:fs";
import { chromium, type Browser, type Frame, type Page } from "playwright-core";

const PATHS = [
  process.env["HIVESYNC_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

export const chromiumPath = PATHS.find((path) => path !== undefined && existsSync(path));

/** Why browser tests are skipped, with the command that changes it. */
export const SKIPPED = "no Chromium: apt-get install chromium, or set HIVESYNC_CHROMIUM";

/** A name that browsers, unlike 127.0.0.1, don't take for secure without TLS. */
export const INSECURE_HOST = "worker.lan";

export async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? "",
    // Root in a container has no user namespaces for Chromium's own sandbox.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
    ],
  });
}

export async function openPhone(browser: Browser, colorScheme: "light" | "dark" = "light"): Promise<Page> {
  const viewport = { width: 390, height: 844 };
  return browser.newPage({ viewport, deviceScaleFactor: 2, isMobile: true, hasTouch: true, colorScheme });
}

/** Open a link and give the app's frame when it is drawn and nothing covers it. */
export async function openApp(page: Page, link: string): Promise<Frame> {
  await page.goto(link);
  await page.waitForSelector("iframe:not(.next)");
  await page.waitForSelector(".screen, .report", { state: "detached" });
  return appFrame(page);
}

export function appFrame(page: Page): Frame {
  const frame = page.frames().at(-1);
  if (!frame || frame === page.mainFrame()) throw new Error("the app has no frame");
  return frame;
}
