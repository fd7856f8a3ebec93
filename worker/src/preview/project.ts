/** One version's project as the bundler sees it: which file a name means. Only its own files exist. */
import type { Platform, PreviewKind, SourceManifest } from "../contract.gen.ts";
import type { BabelAliases } from "./babel.ts";
import { extensionOf, joinPath } from "./paths.ts";
import type { Sources } from "./sources.ts";
import type { TsConfig } from "./tsconfig.ts";

/** TypeScript first, as the tools of these projects do; JSON last, so that code wins over data. */
const EXTENSIONS = [".tsx", ".ts", ".mts", ".jsx", ".js", ".mjs", ".cjs", ".json", ".css"];
/** `import "./a.js"` in TypeScript may mean `a.ts`. */
const WRITTEN_FOR: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};
/** Denser images win: a phone's screen has two or three device pixels to each of ours. */
const SCALES = ["@3x", "@2x"];

export type Narrowed = NonNullable<SourceManifest["narrowed"]>;

export interface Project {
  readonly kind: PreviewKind;
  readonly sources: Sources;
  /** Folders of packages that are links, with the folder that each leads to. */
  readonly links: ReadonlyMap<string, string>;
  /** Modules of packages of which only some names came with the manifest. */
  readonly narrowed: Narrowed;
  /** Folder of the entry page (or of package.json), which `/` in an import means. */
  readonly root: string;
  readonly platformSuffixes: readonly string[];
  readonly config: TsConfig;
  readonly babel: BabelAliases;
  /** Packages that stand for others, such as preact/compat for react. */
  readonly packageAliases: ReadonlyMap<string, string>;
  readonly env: Readonly<Record<string, string>>;
}

/** Give the suffixes of platform files, the most specific first. */
export function platformSuffixes(kind: PreviewKind, platform: Platform): string[] {
  if (kind === "web") return [];
  // The chosen platform's file is what the author wants to see. Of the rest, `.web` runs here for sure.
  return platform === "web" ? [".web"] : [`.${platform}`, ".web", ".native"];
}

/** Give the file that a path without query means: itself, with an extension, or a folder's index. */
export function findFile(project: Project, path: string): string | null {
  const candidates = [...fileCandidates(project, path), ...fileCandidates(project, join(path, "index"))];
  return candidates.find((candidate) => project.sources.has(candidate)) ?? null;
}

function join(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}

function* fileCandidates(project: Project, path: string): Generator<string> {
  const extension = extensionOf(path);
  const stem = extension === "" ? path : path.slice(0, -extension.length);
  const suffixes = suffixesAt(project, path);
  yield* withSuffixes(suffixes, stem, extension);
  for (const written of WRITTEN_FOR[extension] ?? []) yield* withSuffixes(suffixes, stem, written);
  for (const added of EXTENSIONS) yield* withSuffixes(suffixes, path, added);
  for (const scale of SCALES) yield `${stem}${scale}${extension}`;
}

function* withSuffixes(suffixes: readonly string[], stem: string, extension: string): Generator<string> {
  for (const suffix of suffixes) yield `${stem}${suffix}${extension}`;
}

/**
 * Give the suffixes to look for, in order. In a package the plain file beside a `.native` one is that for browsers,
 * and the other asks for native modules.
 */
function suffixesAt({ platformSuffixes: own }: Project, path: string): readonly string[] {
  if (own.length === 0 || !path.includes("node_modules/")) return [...own, ""];
  return [".web", "", ...own.filter((suffix) => suffix !== ".web")];
}

/** Give the folder whose files are served at `/`, as the project's own dev server does. */
export function publicDirectory(project: Pick<Project, "root">): string {
  return join(project.root, "public");
}

/** Give the `/…` form of a file below the root, which the resolver reads from there. */
export function rootedName({ root }: Pick<Project, "root">, path: string): string {
  return root === "" ? `/${path}` : path.slice(root.length);
}

/** Give the file that an absolute address such as `/icons.svg` means. */
export function fileAtUrl(project: Project, url: string): string | null {
  const path = url.replace(/[?#].*$/s, "").replace(/^\/+/, "");
  for (const directory of [publicDirectory(project), project.root]) {
    const candidate = joinPath(directory, path);
    if (candidate !== null && project.sources.has(candidate)) return candidate;
  }
  return null;
}

/** Give the address at which the project's own dev server would show a file. */
export function urlOfFile(project: Pick<Project, "root">, path: string): string {
  for (const directory of [publicDirectory(project), project.root]) {
    if (directory === "") return `/${path}`;
    if (path.startsWith(`${directory}/`)) return path.slice(directory.length);
  }
  return `/@fs/${path}`;
}

/** A name that differs only in case works on the author's disk and nowhere else; find what was meant. */
export function findByCase(project: Project, path: string): string | null {
  const wanted = path.toLowerCase();
  for (const known of project.sources.files.keys()) {
    const folded = known.toLowerCase();
    if (folded === wanted || EXTENSIONS.some((extension) => folded === wanted + extension)) return known;
  }
  return null;
}
