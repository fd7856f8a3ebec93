/** Which files are source text, which are assets, and what type an asset has. */
import { lookup } from "mrmime";
import { SOURCE_SUFFIXES } from "../contract.gen.ts";
import { extensionOf } from "./paths.ts";

const SCRIPTS = new Set([".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"]);
const BUNDLED = new Set([...SCRIPTS, ".css", ".json", ".html", ".htm"]);
const SOURCES = new Set(SOURCE_SUFFIXES);
const PROJECT_FILES = /(^|\/)(package(-lock)?|tsconfig[^/]*|jsconfig|app|\.[^/]*)\.json$/;

export function isScript(path: string): boolean {
  return SCRIPTS.has(extensionOf(path));
}

/** Source text is what a build may hold in memory, so its total is limited. */
export function isSourceText(path: string): boolean {
  return SOURCES.has(extensionOf(path));
}

/** The part of it that the bundler parses is loaded before the build, and must be UTF-8. */
export function isBundled(path: string): boolean {
  return BUNDLED.has(extensionOf(path));
}

/** Tell whether the page may fetch this file by its address: media and data, never code or configuration. */
export function isAsset(path: string): boolean {
  if (isScript(path) || PROJECT_FILES.test(path)) return false;
  const extension = extensionOf(path);
  return extension === ".json" || (!BUNDLED.has(extension) && lookup(extension) !== undefined);
}

export function isImage(path: string): boolean {
  return mediaType(path).startsWith("image/");
}

export function mediaType(path: string): string {
  return lookup(extensionOf(path)) ?? "application/octet-stream";
}
