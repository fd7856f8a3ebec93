/** A single component, rendered alone, with the properties that it takes listed below it. */
import type { PreviewKind, SourceManifest } from "../../contract.gen.ts";
import { WorkerError } from "../../errors.ts";
import { babelAliasesOf } from "../babel.ts";
import { dependenciesOf, isPreactProject, packageFolder, PREACT_ALIASES } from "../dependencies.ts";
import { directoryOf } from "../paths.ts";
import { platformSuffixes, rootedName, type Project } from "../project.ts";
import { readComponent, sampleOf, type Component, type Prop } from "../props.ts";
import { publicEnv } from "../public_env.ts";
import type { Sources } from "../sources.ts";
import { tsConfigFor } from "../tsconfig.ts";
import { escapeHtml } from "./page.ts";
import type { Plan } from "./plan.ts";

const STYLE = `
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column }
#root { flex: 1; display: flex; flex-direction: column; min-height: 50vh }
#root[data-kind=web] { display: block; padding: 16px; flex: none; min-height: 0 }
.hivesync-props { all: initial; display: block; margin-top: auto; padding: 12px 16px 24px; border-top: 1px solid #8886;
  font: 14px/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; color-scheme: light dark; overflow-x: auto }
.hivesync-props h2 { font-size: 15px; margin: 0 0 8px } .hivesync-props p { margin: 0 }
.hivesync-props table { border-collapse: collapse; width: 100% }
.hivesync-props th { text-align: left; font-weight: 600; opacity: .7 }
.hivesync-props th, .hivesync-props td { padding: 4px 12px 4px 0; vertical-align: top }
.hivesync-props code { font: 13px/1.5 ui-monospace, monospace }`;

export function planComponent(manifest: SourceManifest, sources: Sources): Plan {
  const { entry } = manifest;
  const text = sources.text(entry) ?? "";
  const component = readComponent(text);
  if (component === null) throw noComponent(entry);
  const project = componentProject(manifest, sources, text);
  const usesPreact = project.packageAliases === PREACT_ALIASES;
  return {
    project,
    entry: entryCode(rootedName(project, entry), component),
    virtual: new Map(),
    jsxImportSource: project.config.options.jsxImportSource ?? (usesPreact ? "preact" : "react"),
    page: {
      title: component.name,
      htmlAttributes: { lang: "en" },
      bodyAttributes: {},
      head: `<style>${STYLE}</style>`,
      body: `<div id="root" data-kind="${project.kind}"></div>${propsTable(component)}`,
      classicScripts: [],
    },
    plainScripts: [],
    assetPaths: [],
    links: [],
  };
}

function componentProject(manifest: SourceManifest, sources: Sources, text: string): Project {
  const directory = directoryOf(manifest.entry);
  const packages = dependenciesOf(directory, sources);
  const isNative = packages.has("react-native") || packages.has("expo") || imports(text, "react-native");
  const kind: PreviewKind = isNative ? "react_native" : "web";
  const isPreact = isPreactProject(packages) || (packages.size === 0 && imports(text, "preact"));
  const root = packageFolder(directory, sources) ?? "";
  return {
    kind,
    sources,
    links: new Map(Object.entries(manifest.links ?? {})),
    narrowed: manifest.narrowed ?? {},
    root,
    platformSuffixes: platformSuffixes(kind, manifest.platform),
    config: tsConfigFor(manifest.entry, (path) => sources.text(path)),
    babel: babelAliasesOf(root, (path) => sources.text(path)),
    packageAliases: isPreact ? PREACT_ALIASES : new Map(),
    env: publicEnv(manifest.env),
  };
}

function imports(text: string, name: string): boolean {
  return new RegExp(`(from|require\\()\\s*["']${name}[/"']`).test(text);
}

/** The export is chosen when the module has run: what a wrapper such as `memo` gives is no function. */
function entryCode(path: string, { name, exported, props }: Component): string {
  const given = props.flatMap((prop) => {
    const sample = sampleOf(prop);
    return sample === null ? [] : [`${JSON.stringify(prop.name)}: ${sample}`];
  });
  const missing = `${path.slice(1)} has no component ${name}: the export is not one.`;
  return `
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import * as entry from ${JSON.stringify(path)};
const Component = entry[${JSON.stringify(exported)}];
if (typeof Component !== "function" && typeof Component?.render !== "function" && !Component?.$$typeof)
  throw new Error(${JSON.stringify(missing)});
createRoot(document.getElementById("root")).render(createElement(Component, { ${given.join(", ")} }));
`;
}

function propsTable({ name, props }: Component): string {
  const title = `<h2>Props of ${escapeHtml(name)}</h2>`;
  const content =
    props.length === 0
      ? "<p>It takes none.</p>"
      : `<table><thead><tr><th>Name</th><th>Type</th><th>Shown with</th></tr></thead><tbody>${props.map(row).join("")}</tbody></table>`;
  return `<section class="hivesync-props" aria-label="Props">${title}${content}</section>`;
}

function row(prop: Prop): string {
  const shown = sampleOf(prop) ?? prop.default;
  const value = shown === null ? (prop.required ? "nothing" : "—") : `<code>${escapeHtml(shown)}</code>`;
  const type = prop.type === null ? "" : `<code>${escapeHtml(prop.type)}</code>`;
  return `<tr><td><code>${escapeHtml(prop.name)}${prop.required ? "" : "?"}</code></td><td>${type}</td><td>${value}</td></tr>`;
}

function noComponent(file: string): WorkerError {
  const message = "The file exports no component.";
  const hint = "Export one whose name begins with a capital letter: export default function Card() { … }";
  return new WorkerError("PREVIEW_BUILD_FAILED", message, { message, file, hint });
}
