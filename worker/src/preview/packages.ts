/** Resolves package names: to our prebuilt modules, to a package in the manifest, or to a clear refusal. */
import { exports as resolveExports, legacy } from "resolve.exports";
import phone from "../../dist/phone.json";
import type { ErrorCode } from "../contract.gen.ts";
import { dependenciesOf } from "./dependencies.ts";
import { ancestors, directoryOf, joinPath } from "./paths.ts";
import { findFile, type Project } from "./project.ts";

/** Module name → the prelude (a static script) that registers it on the phone. */
export const PRELUDE_OF: ReadonlyMap<string, string> = new Map(Object.entries(phone.modules));

export interface Refusal {
  readonly code: ErrorCode;
  readonly text: string;
  readonly hint: string;
}

const FRAMEWORKS: ReadonlyMap<string, string> = new Map([
  ["vue", "Vue"],
  ["svelte", "Svelte"],
  ["solid-js", "Solid"],
  ["@angular/core", "Angular"],
  ["lit", "Lit"],
  ["@builder.io/qwik", "Qwik"],
  ["astro", "Astro"],
  ["next", "Next.js"],
]);
const NODE_MODULES =
  /^(node:.*|fs|path|os|http|https|crypto|child_process|stream|util|net|tls|zlib|worker_threads)$/;

/** Packages of native code without a half for browsers, as far as they are well known. */
const NATIVE_PACKAGES =
  /^(react-native-(maps|reanimated|worklets|vision-camera|mmkv|video|ble-plx|fs|permissions|push-notification|iap|nfc-manager|biometrics|keychain|device-info|image-picker|pdf|sqlite-storage)|@react-native-firebase\/.+|@shopify\/react-native-skia|@stripe\/stripe-react-native|expo-(camera|location|av|audio|video|sensors|notifications|contacts|calendar|sqlite|file-system|media-library|image-picker|local-authentication|bluetooth|sms|background-fetch|task-manager|gl|three)|expo-router)$/;

/** Split `@scope/name/sub/path` into package and `./sub/path`. */
export function splitSpecifier(specifier: string): { readonly name: string; readonly subpath: string } {
  const segments = specifier.split("/");
  const count = specifier.startsWith("@") ? 2 : 1;
  const rest = segments.slice(count).join("/");
  return { name: segments.slice(0, count).join("/"), subpath: rest === "" ? "." : `./${rest}` };
}

/** Give the file of a package that came with the manifest, looking in every node_modules on the way up. */
export function findInManifest(project: Project, specifier: string, importer: string): string | null {
  const { name, subpath } = splitSpecifier(specifier);
  for (const directory of ancestors(directoryOf(importer))) {
    const installed = joinPath(directory, `node_modules/${name}`) ?? "";
    // As Node.js has it, a package lies where its link leads: one package, whoever imports it.
    const folder = project.links.get(installed) ?? installed;
    const text = project.sources.text(`${folder}/package.json`);
    if (text !== undefined) return packageFile(project, folder, text, subpath);
  }
  return null;
}

function packageFile(project: Project, folder: string, packageJson: string, subpath: string): string | null {
  for (const target of packageTargets(packageJson, subpath)) {
    const path = joinPath(folder, target);
    const found = path === null ? null : findFile(project, path);
    if (found !== null) return found;
  }
  return null;
}

function packageTargets(packageJson: string, subpath: string): string[] {
  try {
    const manifest = JSON.parse(packageJson) as Record<string, unknown>;
    const conditions = ["development", "module"];
    const exported = resolveExports(manifest, subpath, { browser: true, conditions });
    if (exported) return exported;
    if (subpath !== ".") return [subpath];
    const main = legacy(manifest, { browser: true, fields: ["browser", "module", "main"] });
    return [typeof main === "string" ? main : "index.js"];
  } catch {
    // No such export, or a broken package.json: both mean that the package can't be used like this.
    return [];
  }
}

/** Say why a package can't be shown and what to do about it. */
export function refusePackage(project: Project, specifier: string): Refusal {
  const { name } = splitSpecifier(specifier);
  const framework = FRAMEWORKS.get(name);
  if (framework !== undefined) {
    return {
      code: "PREVIEW_UNSUPPORTED",
      text: `${framework} projects can't be previewed yet`,
      hint: "Previews show React, React Native, Preact and projects without a framework.",
    };
  }
  if (NODE_MODULES.test(specifier)) {
    return failed(
      `"${specifier}" is a module of Node.js; a phone's browser has none`,
      "Remove the import, or keep it out of the code that the app loads.",
    );
  }
  if (PRELUDE_OF.has(name)) {
    return failed(
      `"${specifier}" is not a part of "${name}" that previews offer`,
      `Import from "${name}" itself.`,
    );
  }
  if (NATIVE_PACKAGES.test(name)) {
    return failed(
      `"${name}" needs native code, which a phone's browser can't run`,
      "Put a file *.web.tsx beside the one that imports it, with something plain in its place: previews take it first.",
    );
  }
  return failed(`The package "${name}" is not installed`, installHint(project, name));
}

function installHint(project: Project, name: string): string {
  if (dependenciesOf(project.root, project.sources).has(name))
    return `package.json asks for it. Run "npm install" in the project's folder, then preview it again.`;
  return `Check the name, or run "npm install ${name}" in the project's folder, then preview it again.`;
}

function failed(text: string, hint: string): Refusal {
  return { code: "PREVIEW_BUILD_FAILED", text, hint };
}
