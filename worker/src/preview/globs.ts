/**
 * Vite's `import.meta.glob`: the call becomes the object that it gives, a file a name, imported at once or when asked
 * for. What is not written out, or asks for more than that, is refused at its place.
 */
import type { PartialMessage } from "esbuild-wasm";
import { balancedEnd, masked } from "./brackets.ts";
import { filesMatching, PatternRefused } from "./glob_patterns.ts";
import type { Project } from "./project.ts";
import { remark } from "./remarks.ts";

export interface Expanded {
  readonly code: string;
  readonly errors: readonly PartialMessage[];
}

interface Wanted {
  readonly patterns: readonly string[];
  readonly eager: boolean;
  /** What of a module is given instead of the whole, or "". */
  readonly part: string;
  readonly query: string;
}

const CALL = /\bimport\.meta\.glob(Eager)?\s*[<(]/g;
const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`\\$]*`|true\b|false\b|[A-Za-z_$][\w$]*(?=\s*:)|[[\]{},:]/y;
const OPTIONS = new Set(["eager", "import", "query", "as", "exhaustive"]);
const QUERIES = new Set(["", "?raw", "?url", "?inline"]);
const HINT = 'As in import.meta.glob("./pages/*.tsx", { eager: true, import: "default" }).';

export function expandGlobs(project: Project, file: string, text: string): Expanded {
  if (!text.includes("import.meta.glob")) return { code: text, errors: [] };
  const mask = masked(text);
  let left = ENTRIES_MAX;
  const errors: PartialMessage[] = [];
  const imports: string[] = [];
  let [code, done] = ["", 0];
  for (const call of mask.matchAll(CALL)) {
    if (call.index < done) continue;
    if (errors.length === ERRORS_MAX) break;
    const open = mask.indexOf("(", afterTypes(mask, call));
    const end = balancedEnd(mask, open);
    const wanted = call[1] === undefined ? read(text.slice(open + 1, end)) : OLD;
    const files = typeof wanted === "string" ? wanted : filesOf(project, file, wanted.patterns, left);
    if (typeof files === "string" || typeof wanted === "string") {
      errors.push(remark(file, text, call, typeof files === "string" ? files : COMPUTED, HINT));
      continue;
    }
    left -= files.size;
    code += text.slice(done, call.index) + objectOf(files, wanted, imports);
    // As many lines as before: what stands below keeps its place.
    code += "\n".repeat(text.slice(call.index, end + 1).split("\n").length - 1);
    done = end + 1;
  }
  return { code: code + text.slice(done) + imports.map((line) => `\n${line}`).join(""), errors };
}

const OLD = "import.meta.globEager is of an older Vite; write import.meta.glob with { eager: true }";
/** So many names all calls of a file may come to: each is code, which no limit on the source counts. */
const ENTRIES_MAX = 5_000;
const TOO_MANY = `The calls of import.meta.glob in this file mean more than ${ENTRIES_MAX} files`;
const ERRORS_MAX = 20;
const COMPUTED = "import.meta.glob takes patterns and options that are written out, not computed";

/** Give the files, or what is wrong with the patterns. */
function filesOf(
  project: Project,
  file: string,
  patterns: readonly string[],
  most: number,
): Map<string, string> | string {
  try {
    const files = filesMatching(project, file, patterns);
    return files.size > most ? TOO_MANY : files;
  } catch (error) {
    if (error instanceof PatternRefused) return error.message;
    throw error;
  }
}

function afterTypes(mask: string, call: RegExpExecArray): number {
  const last = call.index + call[0].length - 1;
  return mask[last] === "<" ? balancedEnd(mask, last) : last;
}

/** Give what a call asks for, or what is wrong with it. */
function read(text: string): Wanted | string {
  const values = literals(text);
  if (values === null) return COMPUTED;
  const [first, options = {}] = values as [unknown, Readonly<Record<string, unknown>>?];
  const patterns: readonly unknown[] = Array.isArray(first) ? (first as unknown[]) : [first];
  if (!patterns.every((pattern) => typeof pattern === "string")) return COMPUTED;
  const other = Object.keys(options).find((name) => !OPTIONS.has(name));
  if (other !== undefined) return `import.meta.glob has no option "${other}" in previews`;
  const query = options["as"] ?? options["query"] ?? "";
  if (typeof query !== "string" || !QUERIES.has(asked(query)))
    return "import.meta.glob knows the queries raw, url and inline in previews";
  const part = options["import"] ?? (options["as"] === undefined ? "" : "default");
  if (typeof part !== "string") return COMPUTED;
  return { patterns, eager: options["eager"] === true, part: part === "*" ? "" : part, query: asked(query) };
}

function asked(query: string): string {
  return query === "" || query.startsWith("?") ? query : `?${query}`;
}

/** Read literals as JavaScript writes them; null for anything else. */
function literals(text: string): unknown[] | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) {
    const [token] = found;
    if (/^(\s|\/[/*])/.test(token)) continue;
    if (/^[\]}]$/.test(token) && tokens.at(-1) === ",") tokens.pop();
    tokens.push(/^['`]/.test(token) ? JSON.stringify(token.slice(1, -1)) : quoted(token));
    if (TOKEN.lastIndex === text.length) break;
  }
  const isWhole = TOKEN.lastIndex === text.length;
  if (tokens.at(-1) === ",") tokens.pop();
  try {
    return isWhole ? (JSON.parse(`[${tokens.join("")}]`) as unknown[]) : null;
  } catch {
    return null;
  }
}

function quoted(token: string): string {
  return /^[A-Za-z_$]/.test(token) && token !== "true" && token !== "false" ? JSON.stringify(token) : token;
}

function objectOf(files: ReadonlyMap<string, string>, wanted: Wanted, imports: string[]): string {
  const entries = [...files.keys()].map((name) => {
    const from = JSON.stringify(name + wanted.query);
    if (!wanted.eager) return `${JSON.stringify(name)}: () => import(${from})${taking(wanted.part)}`;
    const local = `__hivesync_glob_${imports.length}`;
    const what = wanted.part === "" ? `* as ${local}` : `{ ${JSON.stringify(wanted.part)} as ${local} }`;
    imports.push(`import ${what} from ${from};`);
    return `${JSON.stringify(name)}: ${local}`;
  });
  return `({ ${entries.join(", ")} })`;
}

function taking(part: string): string {
  return part === "" ? "" : `.then((module) => module[${JSON.stringify(part)}])`;
}
