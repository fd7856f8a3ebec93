/**
 * Looks past a package's barrel: a module that only hands on what hundreds of files beside it export. What is
 * imported from it is taken where it comes from, so that the bundler reads those files alone. Only where the
 * package says of itself that loading a file does nothing ("sideEffects": false), and where nothing is unclear.
 */
import { ancestors, directoryOf, extensionOf } from "./paths.ts";
import type { Project } from "./project.ts";
import { resolveImport } from "./resolve.ts";

/** Where an exported name comes from: a module, and the name that it has there. Own names come from nowhere. */
interface Origin {
  readonly from: string;
  readonly name: string;
}

interface Exports {
  readonly named: ReadonlyMap<string, Origin | null>;
  /** Modules of which everything is handed on. */
  readonly stars: readonly string[];
}

/** The barrels of one build. Reads sources; changes nothing. */
export class Barrels {
  readonly #exports = new Map<string, Exports>();

  constructor(private readonly project: Project) {}

  /** Give the module that hands on to `importer` what it takes from the file `path`, or null: take it whole. */
  narrowed(text: string, specifier: string, path: string): { name: string; contents: string } | null {
    if (!path.includes("node_modules/") || !this.#isFreeOfEffects(path)) return null;
    const { named, stars } = this.#exportsOf(path);
    if (named.size + stars.length < 2) return null;
    const names = importedNames(text, specifier);
    if (names === null) return null;
    const lines: string[] = [];
    for (const name of names) {
      const origin = this.#originOf(path, name);
      if (origin === null) return null;
      lines.push(`export { ${origin.name} as ${name} } from ${JSON.stringify(origin.from)};`);
    }
    // By its ending esbuild knows how a module sees CommonJS.
    return { name: `${path}#${names.join()}${extensionOf(path)}`, contents: lines.join("\n") };
  }

  /** A name that the file states by itself wins over those of all its `export *` (ECMA-262, ResolveExport). */
  #originOf(path: string, name: string): Origin | null {
    const { named, stars } = this.#exportsOf(path);
    const stated = named.get(name);
    if (stated !== undefined) return stated && this.#file(path, stated.from) !== null ? stated : null;
    if (name === "default") return null;
    const found: string[] = [];
    for (const from of stars) {
      const names = this.#namesOf(this.#file(path, from), new Set());
      if (names === null) return null;
      if (names.has(name)) found.push(from);
    }
    return found.length === 1 ? { from: found[0] ?? "", name } : null;
  }

  /** Give all names that a file exports; null if one of its `export *` leads to where we can't look. */
  #namesOf(path: string | null, seen: Set<string>): ReadonlySet<string> | null {
    if (path === null) return null;
    if (seen.has(path)) return new Set();
    seen.add(path);
    const { named, stars } = this.#exportsOf(path);
    const names = new Set(named.keys());
    for (const from of stars) {
      const inner = this.#namesOf(this.#file(path, from), seen);
      if (inner === null) return null;
      for (const name of inner) if (name !== "default") names.add(name);
    }
    // Nothing at all means CommonJS, or a form that we do not know.
    return names.size === 0 ? null : names;
  }

  #file(importer: string, specifier: string): string | null {
    if (!specifier.startsWith(".")) return null;
    const found = resolveImport(this.project, specifier, importer);
    return found.type === "file" && found.query === "" ? found.path : null;
  }

  #exportsOf(path: string): Exports {
    const known = this.#exports.get(path) ?? exportsIn(this.project.sources.text(path) ?? "");
    this.#exports.set(path, known);
    return known;
  }

  #isFreeOfEffects(path: string): boolean {
    for (const folder of ancestors(directoryOf(path))) {
      const text = this.project.sources.text(folder === "" ? "package.json" : `${folder}/package.json`);
      if (text !== undefined) return /"sideEffects"\s*:\s*false/.test(text);
    }
    return false;
  }
}

const COMMENT = /\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm;
const DECLARED = /^export\s+(?:async\s+)?(?:function\s*\*?|class|const|let|var)\s+([\w$]+)/gm;
const DEFAULT = /^export\s+default\b/m;
const LISTED = /^export\s*\{([^{}]*)\}(?:\s*from\s*["']([^"'\n]+)["'])?/gm;
const STARRED = /^export\s*\*\s*(?:as\s+([\w$]+)\s+)?from\s*["']([^"'\n]+)["']/gm;
const NAME = /^(?:([\w$]+)\s+as\s+)?([\w$]+)$/;

/** What is missed here only makes the barrel be taken whole. */
function exportsIn(text: string): Exports {
  const code = text.replace(COMMENT, "");
  const named = new Map<string, Origin | null>();
  const stars: string[] = [];
  for (const [, name = ""] of code.matchAll(DECLARED)) named.set(name, null);
  if (DEFAULT.test(code)) named.set("default", null);
  for (const [, list = "", from] of code.matchAll(LISTED)) {
    for (const { name, as } of namesIn(list) ?? []) named.set(as, from === undefined ? null : { from, name });
  }
  for (const [, as, from = ""] of code.matchAll(STARRED)) {
    if (as === undefined) stars.push(from);
    else named.set(as, null);
  }
  return { named, stars };
}

interface Listed {
  readonly name: string;
  readonly as: string;
}

/** Give the values of a list such as `a, b as c`, or null if it holds what we do not understand. */
function namesIn(list: string): Listed[] | null {
  const parts = list.split(",").map((part) => part.trim());
  const values = parts.filter((part) => part !== "" && !/^type\s+[\w$]/.test(part));
  const found = values.map((value) => NAME.exec(value));
  if (found.includes(null)) return null;
  return found.map((match) => ({ name: match?.[1] ?? match?.[2] ?? "", as: match?.[2] ?? "" }));
}

const FROM =
  /\b(?:import|export)\s+(type\s+(?=\{))?(?:([\w$]+)\s*(?:,\s*(?=\{))?)?(?:\{([^{}]*)\}\s*)?from\s*["']([^"'\n]+)["']/g;

/** Give the names that a script takes from a module, sorted; null if it takes it whole, or in a way that is not clear. */
function importedNames(text: string, specifier: string): string[] | null {
  const names = new Set<string>();
  let mentions = text.split(`"${specifier}"`).length + text.split(`'${specifier}'`).length - 2;
  for (const [, isType, standard, list = "", from] of text.matchAll(FROM)) {
    if (from !== specifier) continue;
    mentions -= 1;
    if (isType) continue;
    if (standard !== undefined) names.add("default");
    const listed = namesIn(list.replace(COMMENT, ""));
    if (listed === null) return null;
    for (const { name } of listed) names.add(name);
  }
  return mentions === 0 && names.size > 0 ? [...names].toSorted() : null;
}
