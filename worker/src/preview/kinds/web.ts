/** A web project: an HTML page with its scripts and styles, as a dev server such as Vite's would serve it. */
import type { SourceManifest } from "../../contract.gen.ts";
import { WorkerError } from "../../errors.ts";
import { NO_ALIASES } from "../babel.ts";
import { isRemote, takeApart, type ClassicPiece, type HtmlParts, type Piece, type Place } from "../html.ts";
import { directoryOf, joinPath } from "../paths.ts";
import type { VirtualModule } from "../plugin.ts";
import { fileAtUrl, findFile, rootedName, type Project } from "../project.ts";
import type { Sources } from "../sources.ts";
import { tsConfigFor } from "../tsconfig.ts";
import { publicEnv } from "../public_env.ts";
import { dependenciesOf, isPreactProject, PREACT_ALIASES } from "../dependencies.ts";
import type { PlainScript, Plan } from "./plan.ts";

export function planWeb(manifest: SourceManifest, sources: Sources): Plan {
  return planPage(manifest, sources, manifest.entry);
}

/** Plan one page of the site whose first page is the manifest's entry. */
export function planPage(manifest: SourceManifest, sources: Sources, page: string): Plan {
  const text = sources.text(page);
  if (text === undefined)
    throw new WorkerError("PREVIEW_UNSUPPORTED", "A web preview starts from an HTML page.");
  const parts = takeApart(text);
  const project = webProject(manifest, sources, page, parts);
  const { entry, virtual } = entryOf(project, page, parts.pieces);
  const scripts = parts.classicScripts.map((script) => readClassic(project, page, script));
  return {
    project,
    entry,
    virtual,
    jsxImportSource: project.config.options.jsxImportSource ?? (usesPreact(project) ? "preact" : "react"),
    page: {
      title: parts.title || manifest.title,
      htmlAttributes: parts.htmlAttributes,
      bodyAttributes: parts.bodyAttributes,
      head: parts.head,
      body: parts.body,
      classicScripts: scripts.map((script) => ("src" in script ? script : { code: script.code })),
    },
    plainScripts: scripts.filter((script) => "code" in script),
    assetPaths: parts.references
      .map((address) => fileNamed(project, page, address))
      .filter((path) => path !== null),
    links: parts.links,
  };
}

function webProject(manifest: SourceManifest, sources: Sources, page: string, parts: HtmlParts): Project {
  const root = directoryOf(manifest.entry);
  const firstScript =
    parts.pieces.find((piece) => piece.type === "script" && piece.src !== undefined)?.src ?? "";
  const beside = firstScript.startsWith("/") ? root : directoryOf(page);
  const scriptPath = joinPath(beside, firstScript.replace(/^\/+/, "")) ?? page;
  const packages = dependenciesOf(root, sources);
  return {
    kind: manifest.kind,
    sources,
    links: new Map(Object.entries(manifest.links ?? {})),
    narrowed: manifest.narrowed ?? {},
    root,
    platformSuffixes: [],
    config: tsConfigFor(scriptPath, (path) => sources.text(path)),
    babel: NO_ALIASES,
    packageAliases: isPreactProject(packages) ? PREACT_ALIASES : new Map(),
    env: publicEnv(manifest.env),
  };
}

function usesPreact(project: Project): boolean {
  return project.packageAliases === PREACT_ALIASES;
}

/** Styles first, then modules, each in the page's order: that is when a browser would apply them. */
function entryOf(
  project: Project,
  page: string,
  pieces: readonly Piece[],
): { readonly entry: string; readonly virtual: ReadonlyMap<string, VirtualModule> } {
  const virtual = new Map<string, VirtualModule>();
  const specifiers = pieces
    .toSorted((left, right) => Number(left.type === "script") - Number(right.type === "script"))
    .filter((piece) => piece.src !== undefined || piece.code?.trim())
    .map((piece, index) => {
      if (piece.src !== undefined) return moduleSpecifier(project, page, piece.src, piece.place);
      const name = `${page}#${piece.type}-${index + 1}`;
      virtual.set(name, { contents: piece.code ?? "", loader: piece.type === "style" ? "css" : "jsx" });
      return name;
    });
  return { entry: specifiers.map((specifier) => `import ${JSON.stringify(specifier)};`).join("\n"), virtual };
}

/** A module of another server stays an import of that server. */
function moduleSpecifier(project: Project, page: string, address: string, place: Place): string {
  if (isRemote(address)) return address;
  const path = fileNamed(project, page, address);
  if (path === null) throw missing(page, address, place);
  return rootedName(project, path);
}

function readClassic(
  project: Project,
  page: string,
  { src, code, place }: ClassicPiece,
): PlainScript | { readonly src: string } {
  if (src === undefined) return { file: page, code: code ?? "" };
  if (isRemote(src)) return { src };
  const file = fileNamed(project, page, src);
  const text = file === null ? undefined : project.sources.text(file);
  if (file === null || text === undefined) throw missing(page, src, place);
  return { file, code: text };
}

/** Give the file that an address in the page means, or null. */
function fileNamed(project: Project, page: string, address: string): string | null {
  if (isRemote(address)) return null;
  const bare = decodeAddress(address.replace(/[?#].*$/s, ""));
  if (bare === "") return null;
  const beside = joinPath(directoryOf(page), bare);
  return (
    (!bare.startsWith("/") && beside !== null ? findFile(project, beside) : null) ?? fileAtUrl(project, bare)
  );
}

function decodeAddress(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

function missing(page: string, address: string, place: Place): WorkerError {
  const message = `There is no file "${address}".`;
  const hint = "The page asks for it. Is it saved, and not ignored by git?";
  return new WorkerError("PREVIEW_BUILD_FAILED", message, { message, file: page, ...place, hint });
}
