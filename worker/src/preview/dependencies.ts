/** Reads from package.json what a project is made with. A missing or broken file means: nothing known. */
import { ancestors, joinPath } from "./paths.ts";
import type { Sources } from "./sources.ts";

/** What Preact's own build plugins put in the place of React. */
export const PREACT_ALIASES: ReadonlyMap<string, string> = new Map([
  ["react", "preact/compat"],
  ["react-dom", "preact/compat"],
  ["react-dom/client", "preact/compat/client"],
  ["react/jsx-runtime", "preact/jsx-runtime"],
  ["react/jsx-dev-runtime", "preact/jsx-runtime"],
]);

/** Give the names of all declared packages of the nearest package.json. */
export function dependenciesOf(directory: string, sources: Sources): ReadonlySet<string> {
  for (const folder of ancestors(directory)) {
    const text = sources.text(joinPath(folder, "package.json") ?? "");
    if (text !== undefined) return declared(text);
  }
  return new Set();
}

function declared(packageJson: string): ReadonlySet<string> {
  try {
    const manifest = JSON.parse(packageJson) as Record<string, unknown>;
    return new Set(
      ["dependencies", "devDependencies", "peerDependencies"].flatMap((field) =>
        Object.keys(manifest[field] ?? {}),
      ),
    );
  } catch {
    return new Set();
  }
}

export function isPreactProject(packages: ReadonlySet<string>): boolean {
  return packages.has("preact") && !packages.has("react");
}
