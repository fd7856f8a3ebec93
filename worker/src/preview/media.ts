/** Which files are source text, which are assets, and what type an asset has. */
import { lookup } from "mrmime";
import { extensionOf } from "./paths.ts";

const SCRIPTS = new Set([".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"]);
const TEXTS = new Set([...SCRIPTS, ".css", ".json", ".html", ".htm"]);
/** Text that can also be shown by its address, and is then fetched like an image. */
const READABLE = new Set([...TEXTS, ".svg", ".md", ".txt", ".xml", ".csv", ".yaml", ".yml"]);
const PROJECT_FILES = /(^|\/)(package(-lock)?|tsconfig[^/]*|jsconfig|app|\.[^/]*)\.json$/;

export function isScript(path: string): boolean {
  return SCRIPTS.has(extensionOf(path));
}

/** Source text is loaded before the build; its total is limited, since the bundler keeps it in memory. */
export function isSourceText(path: string): boolean {
  return TEXTS.has(extensionOf(path));
}

export function isReadable(path: string): boolean {
  return READABLE.has(extensionOf(path));
}

/** Tell whether the page may fetch this file by its address: media and data, never code or configuration. */
export function isAsset(path: string): boolean {
  if (isScript(path) || PROJECT_FILES.test(path)) return false;
  const extension = extensionOf(path);
  return extension === ".json" || (!TEXTS.has(extension) && lookup(extension) !== undefined);
}

export function isImage(path: string): boolean {
  return mediaType(path).startsWith("image/");
}

export function mediaType(path: string): string {
  return lookup(extensionOf(path)) ?? "application/octet-stream";
}
