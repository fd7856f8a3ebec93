/** Decides what an import means. Pure: knows the project's files and nothing of esbuild. */
import { directoryOf, extensionOf, joinPath } from "./paths.ts";
import { findByCase, findFile, fileAtUrl, type Project } from "./project.ts";
import { findInManifest, PRELUDE_OF, refusePackage, type Refusal } from "./packages.ts";
import { babelCandidates } from "./babel.ts";
import { STAND_INS, standsInAlways } from "./stand_ins/stand_ins.ts";
import { WORKERS } from "./remarks.ts";
import { aliasCandidates } from "./tsconfig.ts";

/** How a file is wanted: as a module, by its address (`?url`), or as text (`?raw`). */
export type Query = "" | "url" | "raw" | "inline";

export type Resolution =
  | { readonly type: "file"; readonly path: string; readonly query: Query }
  | { readonly type: "prelude"; readonly name: string }
  | { readonly type: "stand-in"; readonly name: string }
  | { readonly type: "external" }
  | { readonly type: "refused"; readonly refusal: Refusal };

const UNSUPPORTED_FILES: Readonly<Record<string, string>> = {
  ".vue": "Vue",
  ".svelte": "Svelte",
  ".astro": "Astro",
};
const STYLE_LANGUAGES = new Set([".scss", ".sass", ".less", ".styl"]);

const NO_WORKERS: Refusal = { code: "PREVIEW_BUILD_FAILED", ...WORKERS };

export function resolveImport(project: Project, specifier: string, importer: string): Resolution {
  if (/^(https?:)?\/\//.test(specifier)) return { type: "external" };
  const { bare, query } = splitQuery(specifier);
  if (/[?&](shared)?worker\b/.test(specifier)) return { type: "refused", refusal: NO_WORKERS };
  const refusedFile = refuseByExtension(bare);
  if (refusedFile) return { type: "refused", refusal: refusedFile };
  const path = isPath(bare) ? findPath(project, bare, importer) : findNamed(project, bare, importer);
  if (path !== null) return { type: "file", path, query };
  if (isPath(bare)) return { type: "refused", refusal: refusePath(project, bare, importer) };
  const name = preludeName(project, bare);
  if (name !== null) return { type: "prelude", name };
  if (project.kind === "react_native" && STAND_INS.has(bare)) return { type: "stand-in", name: bare };
  return { type: "refused", refusal: refusePackage(project, bare) };
}

function splitQuery(specifier: string): { readonly bare: string; readonly query: Query } {
  const [bare = "", query] = specifier.split("?", 2);
  const known = query === "url" || query === "raw" || query === "inline";
  return { bare, query: known ? query : "" };
}

function isPath(specifier: string): boolean {
  return /^(\.{0,2}\/|\.{1,2}$)/.test(specifier);
}

function findPath(project: Project, specifier: string, importer: string): string | null {
  if (specifier.startsWith("/")) return findRooted(project, specifier);
  const path = joinPath(directoryOf(importer), specifier);
  return path === null ? null : findFile(project, path);
}

/** `/src/main.tsx` is meant from the page's folder; `/logo.svg` may also be a public file. */
function findRooted(project: Project, specifier: string): string | null {
  const path = joinPath(project.root, specifier);
  return (path === null ? null : findFile(project, path)) ?? fileAtUrl(project, specifier);
}

function findNamed(project: Project, specifier: string, importer: string): string | null {
  const aliased = aliasCandidates(project.config, specifier);
  for (const candidate of [...aliased, ...babelCandidates(project.babel, specifier)]) {
    const found = findFile(project, candidate);
    if (found !== null) return found;
  }
  // Ours win over copies in node_modules: two Reacts on a page break each other.
  if (preludeName(project, specifier) !== null || standsIn(project, specifier)) return null;
  return findInManifest(project, specifier, importer);
}

function standsIn(project: Project, specifier: string): boolean {
  return project.kind === "react_native" && standsInAlways(specifier);
}

function preludeName(project: Project, specifier: string): string | null {
  const name = project.packageAliases.get(specifier) ?? specifier;
  return PRELUDE_OF.has(name) ? name : null;
}

function refuseByExtension(specifier: string): Refusal | null {
  const extension = extensionOf(specifier);
  const framework = UNSUPPORTED_FILES[extension];
  if (framework !== undefined) {
    return {
      code: "PREVIEW_UNSUPPORTED",
      text: `${framework} files can't be previewed yet`,
      hint: "Previews show React, React Native, Preact and projects without a framework.",
    };
  }
  if (!STYLE_LANGUAGES.has(extension)) return null;
  return {
    code: "PREVIEW_BUILD_FAILED",
    text: `"${specifier}" needs a style compiler, which previews don't have`,
    hint: "Use plain CSS or CSS modules: nesting and variables work.",
  };
}

function refusePath(project: Project, specifier: string, importer: string): Refusal {
  const base = specifier.startsWith("/") ? project.root : directoryOf(importer);
  const path = joinPath(base, specifier);
  const code = "PREVIEW_BUILD_FAILED";
  if (path === null) {
    return {
      code,
      text: `"${specifier}" lies outside the project`,
      hint: "Move the file into the project's folder, or approve its own: hivesync link --root FOLDER.",
    };
  }
  const meant = findByCase(project, path);
  const text = `There is no file "${specifier}"`;
  if (meant !== null) return { code, text, hint: `There is "${meant}": upper and lower case must match.` };
  return {
    code,
    text,
    hint: `Looked for ${path} with the usual extensions. Is it saved, not ignored by git, and in a folder that the project may read (hivesync link --root FOLDER)?`,
  };
}
