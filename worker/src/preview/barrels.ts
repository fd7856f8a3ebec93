/**
 * Looks past a package's barrel: a module that only hands on what hundreds of files beside it export. Who made the
 * manifest has found where the names come from that anyone takes, and has sent those files alone.
 */
import { extensionOf } from "./paths.ts";
import type { Narrowed } from "./project.ts";

/** What is said where the project has come to need more of a package since. */
export const UNSENT = "More is used of this package than was sent";

/** Tell whether only those files are there that some names of this module come from. */
export function isNarrowed(narrowed: Narrowed, path: string): boolean {
  return Object.hasOwn(narrowed, path);
}

/**
 * Give the module that hands on what `text` takes from the barrel `path`, which it imports as `specifier`; null if
 * that is more than was sent.
 */
export function handedOn(
  narrowed: Narrowed,
  text: string,
  specifier: string,
  path: string,
): { readonly name: string; readonly contents: string } | null {
  const origins = new Map(Object.entries(narrowed[path] ?? {}));
  const names = importedNames(text, specifier);
  if (!names?.every((name) => origins.has(name))) return null;
  const lines = names.map((name) => {
    const origin = origins.get(name);
    return origin ? `export { ${origin.name} as ${name} } from ${JSON.stringify(origin.source)};` : "";
  });
  // By its ending esbuild knows how a module sees CommonJS.
  const contents = ["export {};", ...lines].join("\n");
  return { name: `${path}#${names.join()}${extensionOf(path)}`, contents };
}

/** At the beginning of a line: elsewhere it may well be a part of a text, such as a pattern of files. */
const COMMENT_BEGINS = /^[ \t]*\/\*/gm;
const COMMENT = /\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm;
const NAME = /^(?:([\w$]+)\s+as\s+)?([\w$]+)$/;

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
  const code = withoutBlocks(text);
  let mentions = [`"`, `'`, "`"].reduce(
    (sum, quote) => sum + code.split(quote + specifier + quote).length - 1,
    0,
  );
  for (const [, isType, standard, list = "", from] of code.matchAll(FROM)) {
    if (from !== specifier) continue;
    mentions -= 1;
    if (isType) continue;
    if (standard !== undefined) names.add("default");
    const listed = namesIn(list.replace(COMMENT, ""));
    if (listed === null) return null;
    for (const { name } of listed) names.add(name);
  }
  return mentions === 0 ? [...names].toSorted() : null;
}

function withoutBlocks(text: string): string {
  let [code, done] = ["", 0];
  for (const { index, 0: begins } of text.matchAll(COMMENT_BEGINS)) {
    if (index < done) continue;
    const end = text.indexOf("*/", index + begins.length);
    if (end < 0) break;
    code += text.slice(done, index);
    done = end + 2;
  }
  return code + text.slice(done);
}
