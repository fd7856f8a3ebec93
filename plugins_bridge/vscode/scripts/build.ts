/** `npm run build`: the extension as one file for the editor's Node, and the pages' scripts for its webviews. */
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const SHARED: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  legalComments: "inline",
  logLevel: "warning",
};

await rm(new URL("../dist", import.meta.url), { recursive: true, force: true });
await build({
  ...SHARED,
  entryPoints: { extension: "src/extension.ts" },
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
  platform: "node",
  format: "cjs",
  target: "node22",
  external: ["vscode"],
});
await build({
  ...SHARED,
  entryPoints: ["src/webview/preview.ts", "src/webview/ai_docs.ts"],
  outdir: "dist/webview",
  format: "iife",
  target: "es2022",
});
