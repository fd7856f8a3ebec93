/** A page that we write around a file which is no program: it has markup and a style, and runs nothing. */
import type { SourceManifest } from "../../contract.gen.ts";
import { NO_ALIASES } from "../babel.ts";
import type { Project } from "../project.ts";
import type { Sources } from "../sources.ts";
import type { Plan } from "./plan.ts";

export interface WrittenPage {
  readonly root: string;
  readonly title: string;
  readonly style: string;
  readonly body: string;
  readonly assetPaths: readonly string[];
}

export function planOfPage(manifest: SourceManifest, sources: Sources, page: WrittenPage): Plan {
  return {
    project: plainProject(manifest, sources, page.root),
    entry: "",
    virtual: new Map(),
    jsxImportSource: "react",
    page: {
      title: manifest.title || page.title,
      htmlAttributes: { lang: "en" },
      bodyAttributes: {},
      head: `<style>:root { color-scheme: light dark }${page.style}</style>`,
      body: page.body,
      classicScripts: [],
    },
    plainScripts: [],
    assetPaths: page.assetPaths,
    links: [],
  };
}

function plainProject(manifest: SourceManifest, sources: Sources, root: string): Project {
  return {
    kind: manifest.kind,
    sources,
    links: new Map(),
    narrowed: {},
    root,
    platformSuffixes: [],
    config: { options: {}, pathsFrom: "", hasBaseUrl: false },
    babel: NO_ALIASES,
    packageAliases: new Map(),
    env: {},
  };
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Give the text as it stands inside a quoted attribute. */
export function attribute(text: string): string {
  return escapeHtml(text).replaceAll('"', "&quot;");
}
