/**
 * Aliases of Babel's `module-resolver`, which React Native projects use for what others write into tsconfig.json.
 * The settings are a program; it is read, not run, so only aliases that are written out are found.
 */
import { masked } from "./brackets.ts";
import { joinPath } from "./paths.ts";

export interface BabelAliases {
  /** Alias → folder or file of the project. */
  readonly names: ReadonlyMap<string, string>;
  /** Folders in which bare names are looked up. */
  readonly roots: readonly string[];
}

export const NO_ALIASES: BabelAliases = { names: new Map(), roots: [] };
const FILES = ["babel.config.js", "babel.config.cjs", "babel.config.json", ".babelrc.js", ".babelrc.json"];
const PAIR = /["']?([\w@~/$.-]+)["']?\s*:\s*["']([^"'\n]+)["']/g;

/** Give the aliases that a folder's settings of Babel write out. */
export function babelAliasesOf(folder: string, read: (path: string) => string | undefined): BabelAliases {
  for (const name of FILES) {
    const text = read(joinPath(folder, name) ?? name);
    if (text?.includes("module-resolver")) return aliasesIn(withoutComments(text), folder);
  }
  return NO_ALIASES;
}

function aliasesIn(text: string, folder: string): BabelAliases {
  const written = /["']?alias["']?\s*:\s*\{([^}]*)\}/.exec(text)?.[1] ?? "";
  const names = new Map<string, string>();
  for (const [, name = "", target = ""] of written.matchAll(PAIR)) {
    const path = joinPath(folder, target);
    if (path !== null) names.set(name, path);
  }
  const listed = /["']?root["']?\s*:\s*\[([^\]]*)\]/.exec(text)?.[1] ?? "";
  const roots = [...listed.matchAll(/["']([^"'\n]+)["']/g)]
    .map(([, root = ""]) => joinPath(folder, root))
    .filter((path) => path !== null);
  return { names, roots };
}

function withoutComments(text: string): string {
  const mask = masked(text);
  return text.replace(/\S/g, (character, at: number) => (mask[at] === " " ? " " : character));
}

/** Give the project paths that a name may mean, the most specific alias first. */
export function babelCandidates({ names, roots }: BabelAliases, specifier: string): string[] {
  const aliased = [...names]
    .filter(([name]) => specifier === name || specifier.startsWith(`${name}/`))
    .sort(([left], [right]) => right.length - left.length)
    .map(([name, path]) => joinPath(path, `./${specifier.slice(name.length)}`));
  return [...aliased, ...roots.map((root) => joinPath(root, specifier))].filter((path) => path !== null);
}
