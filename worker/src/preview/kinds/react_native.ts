/** A React Native app on react-native-web: it registers itself, or its default export is put on the screen. */
import type { SourceManifest } from "../../contract.gen.ts";
import { babelAliasesOf } from "../babel.ts";
import { packageFolder } from "../dependencies.ts";
import { directoryOf } from "../paths.ts";
import { platformSuffixes, type Project } from "../project.ts";
import { publicEnv } from "../public_env.ts";
import type { Sources } from "../sources.ts";
import { tsConfigFor } from "../tsconfig.ts";
import type { Plan } from "./plan.ts";

/** The screen is the app's: no margins, no scrolling but its own. */
const HEAD = "<style>html,body,#root{height:100%;margin:0}body{overflow:hidden}#root{display:flex}</style>";

export function planReactNative(manifest: SourceManifest, sources: Sources): Plan {
  const project: Project = {
    kind: manifest.kind,
    sources,
    links: new Map(Object.entries(manifest.links ?? {})),
    narrowed: manifest.narrowed ?? {},
    root: "",
    platformSuffixes: platformSuffixes(manifest.kind, manifest.platform),
    config: tsConfigFor(manifest.entry, (path) => sources.text(path)),
    babel: babelAliasesOf(packageFolder(directoryOf(manifest.entry), sources) ?? "", (path) =>
      sources.text(path),
    ),
    packageAliases: new Map(),
    env: publicEnv(manifest.env),
  };
  return {
    project,
    entry: entryCode(manifest.entry),
    virtual: new Map(),
    jsxImportSource: "react",
    page: {
      title: manifest.title || directoryOf(manifest.entry),
      htmlAttributes: {},
      bodyAttributes: {},
      head: HEAD,
      body: '<div id="root"></div>',
      classicScripts: [],
    },
    plainScripts: [],
    assetPaths: [],
    links: [],
  };
}

function entryCode(entry: string): string {
  const path = JSON.stringify(`/${entry}`);
  return `
import { AppRegistry } from "react-native";
import * as entry from ${path};
if (AppRegistry.getAppKeys().length === 0) {
  const App = entry.default;
  if (!App) throw new Error(${JSON.stringify(`${entry} neither registers an app nor exports a component by default.`)});
  AppRegistry.registerComponent("main", () => App);
}
AppRegistry.runApplication(AppRegistry.getAppKeys()[0], { rootTag: document.getElementById("root") });
`;
}
