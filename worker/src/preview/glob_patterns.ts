/** Which of a project's files a pattern of `import.meta.glob` means: no packages, and nothing that is hidden. */
import { directoryOf, joinPath } from "./paths.ts";
import type { Project } from "./project.ts";

const NEVER = /(^|\/)(node_modules\/|\.)/;

/** So many `**` in a pattern, and `*` in one of its steps: each one more multiplies the time that a match may take. */
const STARS_MAX = 3;
/** A pattern that is refused, and why. */
export class PatternRefused extends Error {}

/** Give the files, each by the name that the module knows it by; throw `PatternRefused`. */
export function filesMatching(
  project: Project,
  importer: string,
  patterns: readonly string[],
): Map<string, string> {
  const found = new Map<string, string>();
  const wanted = patterns.filter((pattern) => !pattern.startsWith("!"));
  const unwanted = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  const excluded = unwanted.map((pattern) => placed(project, importer, pattern));
  for (const pattern of wanted) {
    const matches = placed(project, importer, pattern);
    for (const path of [...project.sources.files.keys()].sort()) {
      if (path === importer || !matches(path) || excluded.some((each) => each(path))) continue;
      found.set(nameOf(project, importer, path, pattern), path);
    }
  }
  return found;
}

/** Give the test of a pattern for paths of the manifest. */
function placed(project: Project, importer: string, pattern: string): (path: string) => boolean {
  if (pattern.startsWith("**")) {
    const anywhere = expression(pattern);
    return (path) => !NEVER.test(path) && anywhere.test(path);
  }
  const folder = pattern.startsWith("/") ? project.root : directoryOf(importer);
  if (!/^(\/|\.{1,2}\/)/.test(pattern)) throw new PatternRefused(PLACELESS);
  const steps = pattern.replace(/^\/+/, "").split("/");
  const fixed = steps.findIndex((step, index) => /[*?{[]/.test(step) || index === steps.length - 1);
  const base = joinPath(folder, steps.slice(0, fixed).join("/") || ".");
  if (base === null) throw new PatternRefused(PLACELESS);
  const rest = expression(steps.slice(fixed).join("/"));
  const prefix = base === "" ? "" : `${base}/`;
  return (path) => {
    const below = path.slice(prefix.length);
    return path.startsWith(prefix) && !NEVER.test(below) && rest.test(below);
  };
}

const PLACELESS = "A pattern of import.meta.glob begins with ./, ../ or / in previews";
const UNREADABLE = "This pattern of import.meta.glob can't be read: look at its brackets and braces";
const STARS = `A pattern of import.meta.glob has at most ${STARS_MAX} ** in previews, and ${STARS_MAX} * between two /`;

/** `**` crosses folders, `*` and `?` stay in one, `{a,b}` and `[ab]` choose. */
function expression(glob: string): RegExp {
  let depth = 0;
  const simple = glob.replace(/(\*\*\/)+/g, "**/");
  const stars = [simple.split("**"), ...simple.split("/").map((step) => step.split("*"))];
  if (stars.some((parts) => parts.length - 1 > STARS_MAX)) throw new PatternRefused(STARS);
  const source = simple.replace(/\*\*\/|\*\*|\*|\?|\{|\}|,|\[[^\]/]*\]|[\\^$.|+()]/g, (part) => {
    if (part === "**/") return "(?:[^/]+/)*";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part === "{") {
      depth += 1;
      return "(?:";
    }
    if (part === "}") {
      depth -= 1;
      return ")";
    }
    if (part === ",") return depth > 0 ? "|" : ",";
    if (part.startsWith("[")) return part.replace(/^\[!/, "[^");
    return `\\${part}`;
  });
  try {
    if (depth === 0) return new RegExp(`^${source}$`);
  } catch {
    // As [z-a], or braces the wrong way round.
  }
  throw new PatternRefused(UNREADABLE);
}

function nameOf(project: Project, importer: string, path: string, pattern: string): string {
  if (pattern.startsWith("/")) return `/${project.root === "" ? path : path.slice(project.root.length + 1)}`;
  const [from, to] = [directoryOf(importer).split("/").filter(Boolean), path.split("/")];
  let shared = 0;
  while (shared < from.length && from[shared] === to[shared]) shared += 1;
  const up = "../".repeat(from.length - shared);
  return (up || "./") + to.slice(shared).join("/");
}
