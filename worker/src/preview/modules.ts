/** What each file becomes as a module: code, style, text, or the address of an asset on the phone. */
import { imageSize } from "image-size";
import type { Loader, OnLoadResult } from "esbuild-wasm";
import { base64 } from "../encoding.ts";
import { isImage, isScript, mediaType } from "./media.ts";
import { directoryOf, extensionOf, joinPath } from "./paths.ts";
import { environment } from "./environment.ts";
import { expandGlobs } from "./globs.ts";
import { remarksOn } from "./remarks.ts";
import { findFile, urlOfFile, type Project } from "./project.ts";
import type { Query } from "./resolve.ts";

/** Files that the finished page needs at once, gathered while modules are loaded. */
export class AssetUse {
  readonly paths = new Set<string>();

  /** Note a use and give the expression that finds the asset's address on the phone. */
  expression(project: Project, path: string): string {
    this.paths.add(path);
    return `globalThis.__hivesync.asset(${JSON.stringify(urlOfFile(project, path))})`;
  }
}

/** Enough of an image to find its size: EXIF and colour profiles come before it in a JPEG. */
const IMAGE_HEAD_BYTES = 256 * 1024;
const SVG_INLINE_BYTES = 256 * 1024;

const LOADERS: Readonly<Record<string, Loader>> = {
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
  ".js": "jsx",
  ".jsx": "jsx",
  ".mjs": "jsx",
  ".cjs": "jsx",
  ".json": "json",
  ".css": "css",
};

export async function loadModule(
  project: Project,
  use: AssetUse,
  path: string,
  query: Query,
): Promise<OnLoadResult> {
  if (query === "raw") return { contents: await readText(project, path), loader: "text" };
  if (query === "url") return addressModule(project, use, path);
  const loader = LOADERS[extensionOf(path)];
  if (loader === undefined) return assetModule(project, use, path, query);
  const contents = project.sources.text(path) ?? "";
  if (loader === "css") return { contents, loader: /\.module\.css$/.test(path) ? "local-css" : "css" };
  if (!isScript(path)) return { contents, loader };
  if (path.includes("node_modules/"))
    return { contents: rewriteAssetUrls(project, use, path, contents), loader };
  const { code, errors } = expandGlobs(project, path, contents);
  const remarks = remarksOn(path, contents, knownNames(project));
  return {
    contents: rewriteAssetUrls(project, use, path, code),
    loader,
    errors: [...remarks.errors, ...errors],
    warnings: remarks.warnings,
  };
}

/** The names of an environment that have a value, and those that tools set by themselves. */
function knownNames(project: Project): ReadonlySet<string> {
  return new Set([...Object.keys(environment(project)), "EXPO_OS", "JEST_WORKER_ID"]);
}

async function readText(project: Project, path: string): Promise<string> {
  return project.sources.text(path) ?? new TextDecoder().decode(await project.sources.fetch(path));
}

function addressModule(project: Project, use: AssetUse, path: string): OnLoadResult {
  return { contents: `export default ${use.expression(project, path)};`, loader: "js" };
}

async function assetModule(
  project: Project,
  use: AssetUse,
  path: string,
  query: Query,
): Promise<OnLoadResult> {
  if (query === "inline") return dataModule(project, path);
  if (project.kind === "react_native" && isImage(path)) return nativeImageModule(project, use, path);
  if (extensionOf(path) === ".html" || (/\.(md|txt)$/.test(path) && project.kind !== "web")) {
    return { contents: await readText(project, path), loader: "text" };
  }
  return addressModule(project, use, path);
}

async function dataModule(project: Project, path: string): Promise<OnLoadResult> {
  const url = `data:${mediaType(path)};base64,${base64(await project.sources.fetch(path))}`;
  return { contents: `export default ${JSON.stringify(url)};`, loader: "js" };
}

/**
 * React Native's images are objects with a size. CommonJS, since `require("./logo.png")` is the usual form.
 * SVG goes in as base64: react-native-web measures images before it shows them, and needs data for that.
 */
async function nativeImageModule(project: Project, use: AssetUse, path: string): Promise<OnLoadResult> {
  const scale = Number(/@([23])x\.[^.]+$/.exec(path)?.[1] ?? 1);
  const head = await project.sources.fetch(path, IMAGE_HEAD_BYTES);
  const { width, height } = measure(head);
  const inline = extensionOf(path) === ".svg" && head.length < SVG_INLINE_BYTES;
  const uri = inline
    ? JSON.stringify(`data:image/svg+xml;base64,${base64(head)}`)
    : use.expression(project, path);
  const size = width && height ? `, width: ${width / scale}, height: ${height / scale}` : "";
  return { contents: `module.exports = { uri: ${uri}${size} };`, loader: "js" };
}

/** A damaged image must not stop a build: it is shown as the browser shows it, without a size. */
function measure(bytes: Uint8Array): { readonly width?: number; readonly height?: number } {
  try {
    return imageSize(bytes);
  } catch {
    return {};
  }
}

const ASSET_URL = /new\s+URL\(\s*(["'`])(\.{1,2}\/[^"'`$]+)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/** `new URL("./logo.png", import.meta.url)` is how web projects name a file beside them. */
function rewriteAssetUrls(project: Project, use: AssetUse, importer: string, code: string): string {
  if (!code.includes("import.meta.url")) return code;
  return code.replace(ASSET_URL, (whole, _quote: string, relative: string) => {
    const path = joinPath(directoryOf(importer), relative);
    const found = path === null ? null : findFile(project, path);
    return found === null ? whole : `new URL(${use.expression(project, found)})`;
  });
}
