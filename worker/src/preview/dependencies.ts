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
  const folder = packageFolder(directory, sources);
  return folder === null ? new Set() : declared(sources.text(packageJson(folder)) ?? "");
}

/** Give the nearest folder with a package.json, or null. */
export function packageFolder(directory: string, sources: Sources): string | null {
  return ancestors(directory).find((folder) => sources.text(packageJson(folder)) !== undefined) ?? null;
}

function packageJson(folder: string): string {
  return joinPath(folder, "package.json") ?? "";
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
