/**
 * `npm run build`: preludes, the phone page and the frame, as static files with their hash in the name; and the
 * bundler's loader for the Worker itself.
 */
import { build } from "esbuild";
import { quickLoader } from "./esbuild.ts";
import { Output, SCRIPT } from "./output.ts";
import { buildPreludes } from "./preludes.ts";

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({ ...SCRIPT, entryPoints: [entry], write: false });
  return outputFiles[0]?.text ?? "";
}

const output = new Output();
output.describe({
  shell: {
    script: output.publish("shell.js", await bundle("phone/shell/main.ts")),
    style: (await bundle("phone/shell/shell.css")).trim(),
  },
  frame: { script: output.publish("frame.js", await bundle("phone/frame/main.ts")) },
  ...(await buildPreludes(output)),
});
output.include("esbuild.js", await quickLoader());
await output.write();
