/** Gives esbuild a project that exists only in a manifest. It never sees a file system or the network. */
import type {
  OnLoadArgs,
  OnLoadResult,
  OnResolveArgs,
  OnResolveResult,
  PartialMessage,
  Plugin,
  PluginBuild,
} from "esbuild-wasm";
import { handedOn, isNarrowed, UNSENT } from "./barrels.ts";
import { loadModule, type AssetUse } from "./modules.ts";
import { directoryOf, joinPath } from "./paths.ts";
import type { Refusal } from "./packages.ts";
import { PRELUDE_OF } from "./packages.ts";
import { fileAtUrl, findFile, urlOfFile, type Project } from "./project.ts";
import { resolveImport, type Query } from "./resolve.ts";
import { STAND_INS } from "./stand_ins/stand_ins.ts";

export const PROJECT = "project";
export const VIRTUAL = "virtual";
const PRELUDE = "prelude";
const STAND_IN = "stand-in";
/** Modules that are not there, and that throw when they are required. */
const ABSENT = "absent";
/** Stands in CSS for the address that an asset will have on the phone; the page puts it in. */
export const ASSET_SCHEME = "hivesync-asset:";

/** A module that we wrote ourselves: the entry, or a piece of the project's HTML. */
export interface VirtualModule {
  readonly contents: string;
  readonly loader: "js" | "jsx" | "css";
}

export interface PluginInput {
  readonly project: Project;
  /** By path: a virtual module resolves its imports as if it lay there. Those that stand for barrels are added. */
  readonly virtual: Map<string, VirtualModule>;
  readonly assets: AssetUse;
  /** Filled while building: the files that were read. */
  readonly loaded: Set<string>;
  /** Filled while building: the preludes that the program needs. */
  readonly preludes: Set<string>;
  /** Filled while building: the packages whose replacement has been told. */
  readonly replaced: Set<string>;
}

export function projectPlugin(input: PluginInput): Plugin {
  return {
    name: "hivesync-project",
    setup(build) {
      build.onResolve({ filter: /.*/ }, (args) => resolve(input, args));
      build.onLoad({ filter: /.*/, namespace: PROJECT }, (args) => load(input, args));
      onLoadOurs(build, input);
    },
  };
}

/** Give the modules that are not the project's files. */
export function onLoadOurs(build: PluginBuild, input: PluginInput): void {
  build.onLoad({ filter: /.*/, namespace: VIRTUAL }, ({ path }) => input.virtual.get(path) ?? null);
  build.onLoad({ filter: /.*/, namespace: STAND_IN }, ({ path }) => ({
    contents: standIn(path),
  }));
  build.onLoad({ filter: /.*/, namespace: ABSENT }, ({ path }) => ({
    contents: `throw new Error(${JSON.stringify(path)});`,
  }));
  build.onLoad({ filter: /.*/, namespace: PRELUDE }, ({ path }) => loadPrelude(input, path));
}

export async function load(
  { project, assets, loaded }: PluginInput,
  { path, suffix }: Pick<OnLoadArgs, "path" | "suffix">,
): Promise<OnLoadResult> {
  loaded.add(path);
  return loadModule(project, assets, path, suffix.slice(1) as Query);
}

function loadPrelude({ preludes }: PluginInput, name: string): OnLoadResult {
  const prelude = PRELUDE_OF.get(name);
  if (prelude !== undefined) preludes.add(prelude);
  return {
    contents: `module.exports = globalThis.__hivesync.module(${JSON.stringify(name)});`,
    loader: "js",
  };
}

/** What an import says of itself. */
export type Import = Pick<OnResolveArgs, "path" | "kind" | "importer">;

/** Say what an import means, in esbuild's terms. */
export function resolve(input: PluginInput, args: Import): OnResolveResult {
  if (input.virtual.has(args.path)) return { path: args.path, namespace: VIRTUAL };
  if (args.kind === "url-token") return resolveCssUrl(input, args);
  const specifier = args.kind === "import-rule" ? cssSpecifier(input.project, args) : args.path;
  const found = resolveImport(input.project, specifier, args.importer);
  switch (found.type) {
    case "file":
      return (
        narrowed(input, args, found.path) ?? {
          path: found.path,
          namespace: PROJECT,
          suffix: found.query && `?${found.query}`,
          sideEffects: true,
        }
      );
    case "prelude":
      return { path: found.name, namespace: PRELUDE };
    case "stand-in":
      return { path: found.name, namespace: STAND_IN, warnings: replacement(input, found.name) };
    case "external":
      return { path: specifier, external: true };
    case "refused":
      if (isOptional(args, found.refusal)) return { path: found.refusal.text, namespace: ABSENT };
      return { errors: [refusalMessage(found.refusal)] };
  }
}

/**
 * Packages try what an app may have beside them (`try { require("…") } catch {}`), as bundlers of React Native let
 * them. What is required without a `try` fails when the app comes to it, with the same words.
 */
function isOptional({ kind, importer }: Import, { code }: Refusal): boolean {
  return kind === "require-call" && code === "PREVIEW_BUILD_FAILED" && importer.includes("node_modules/");
}

/** Of a package's barrel the bundler reads what the importer takes from it; null for any other module. */
function narrowed(input: PluginInput, args: Import, path: string): OnResolveResult | null {
  const { project, virtual } = input;
  if (!isNarrowed(project.narrowed, path)) return null;
  const text = virtual.get(args.importer)?.contents ?? project.sources.text(args.importer) ?? "";
  const module = args.kind === "import-statement" ? handedOn(project.narrowed, text, args.path, path) : null;
  if (module === null) return { errors: [{ text: UNSENT, detail: { hint: "Preview the project again." } }] };
  virtual.set(module.name, { contents: module.contents, loader: "js" });
  return { path: module.name, namespace: VIRTUAL };
}

/** The console says it too: it is where people look who wonder what their app does. */
function standIn(name: string): string {
  const found = STAND_INS.get(name);
  const note = `"${name}" is replaced in previews: ${found?.instead ?? ""}.`;
  return `console.info(${JSON.stringify(note)});${found?.code ?? ""}`;
}

/** Say once in a build what stands in the place of a package. */
function replacement({ replaced }: PluginInput, name: string): PartialMessage[] {
  const known = replaced.has(name);
  replaced.add(name);
  const hint = "On a device the package itself runs. Nothing needs to be done.";
  return known
    ? []
    : [{ text: `"${name}" is replaced: ${STAND_INS.get(name)?.instead ?? ""}`, detail: { hint } }];
}

/** The code travels in `detail`, so that the kind of a failure survives esbuild. */
function refusalMessage({ code, text, hint }: Refusal): PartialMessage {
  return { text, detail: { code, hint } };
}

/** In CSS `@import "theme.css"` means a file beside it, where JavaScript would mean a package. */
function cssSpecifier(project: Project, { path, importer }: Import): string {
  const beside = joinPath(directoryOf(importer), path);
  return !/^[./]/.test(path) && beside !== null && findFile(project, beside) !== null ? `./${path}` : path;
}

function resolveCssUrl({ project, assets }: PluginInput, { path, importer }: Import): OnResolveResult {
  if (/^(data:|blob:|https?:|\/\/|#)/.test(path)) return { path, external: true };
  const bare = path.replace(/[?#].*$/s, "");
  const beside = joinPath(directoryOf(importer), bare);
  const found = bare.startsWith("/")
    ? fileAtUrl(project, bare)
    : beside === null
      ? null
      : findFile(project, beside);
  if (found === null) {
    // A browser shows such a page with a hole in it, so a warning is enough.
    return { path, external: true, warnings: [{ text: `There is no file "${path}"` }] };
  }
  assets.paths.add(found);
  return { path: ASSET_SCHEME + urlOfFile(project, found) + path.slice(bare.length), external: true };
}
