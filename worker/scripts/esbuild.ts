/**
 * esbuild's own loader for browsers, with one change. It hands every message to the bundler with a timer, so
 * that its main thread can draw in between; a workerd timer takes a millisecond, and a build needs two
 * messages for each file. With microtasks a build of 860 files takes 0.3 s instead of 2.3 s.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const SLOW = "postMessage: (data) => setTimeout(() => {";
const QUICK = "postMessage: (data) => queueMicrotask(() => {";

/** Give the changed loader; raise if this release of esbuild is written differently. */
export async function quickLoader(): Promise<string> {
  const text = await readFile(fileURLToPath(import.meta.resolve("esbuild-wasm/esm/browser.js")), "utf8");
  const parts = text.split(SLOW);
  if (parts.length !== 2) throw new Error("esbuild-wasm sends messages in a new way: look at it again");
  return parts.join(QUICK);
}
