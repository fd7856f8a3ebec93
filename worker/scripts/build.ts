/**
 * `npm run build`: preludes, the phone page and the frame, as static files with their hash in the name; and the
 * bundler's loader for the Worker itself.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { changedLoader } from "./esbuild.ts";
import { publishManifest } from "./install.ts";
import { Output, ROOT, SCRIPT } from "./output.ts";
import { buildPreludes } from "./preludes.ts";

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({ ...SCRIPT, entryPoints: [entry], write: false });
  return outputFiles[0]?.text ?? "";
}

async function text(path: string): Promise<string> {
  return (await readFile(join(ROOT, path), "utf8")).trim();
}

const output = new Output();
output.describe({
  shell: {
    script: output.publish("shell.js", await bundle("phone/shell/main.ts")),
    style: (await bundle("phone/shell/shell.css")).trim(),
    ...(await publishManifest(output)),
    opening: await text("phone/shell/opening.html"),
  },
  // It stands in its document: esbuild writes no "</script" into what it makes for browsers.
  frame: { script: (await bundle("phone/frame/main.ts")).trim() },
  ...(await buildPreludes(output)),
});
output.include("esbuild.js", await changedLoader());
await output.write();
