/** Small projects in the local R2, loaded by the code that loads real ones. */
import { env } from "cloudflare:workers";
import type { PreviewBuild, PreviewKind, SourceManifest } from "../../src/contract.gen.ts";
import { hex, utf8 } from "../../src/encoding.ts";
import { buildVersion } from "../../src/preview/build.ts";
import { bundle, type Bundle } from "../../src/preview/bundle.ts";
import { finishVersion } from "../../src/preview/current.ts";
import type { Plan } from "../../src/preview/kinds/plan.ts";
import { planFor } from "../../src/preview/kinds/planners.ts";
import { checkManifest } from "../../src/preview/manifest.ts";
import { loadSources } from "../../src/preview/sources.ts";
import { sourceKey, versionPrefix } from "../../src/storage.ts";

export type Files = Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;

export interface Stored {
  readonly build: PreviewBuild;
  readonly manifest: SourceManifest;
}

export async function store(kind: PreviewKind, entry: string, files: Files): Promise<Stored> {
  const [preview_id, project_id] = [crypto.randomUUID(), crypto.randomUUID()];
  const entries = [];
  for (const [path, content] of Object.entries(files)) {
    const bytes = typeof content === "string" ? utf8(content) : content;
    const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
    await env.R2.put(sourceKey(project_id, sha256), bytes);
    entries.push({ path, sha256, size: bytes.length });
  }
  const manifest_key = `${versionPrefix(preview_id, 1)}manifest.json`;
  return {
    build: { preview_id, project_id, version: 1, manifest_key },
    manifest: { kind, entry, platform: "ios", title: "", files: entries, packs: [], env: {} },
  };
}

/** Build a project's first version the way a job does, and show it. */
export async function showBuilt(stored: Stored): Promise<void> {
  const { sources } = await loadSources(env.R2, stored.build, stored.manifest);
  await buildVersion(env.R2, stored.build, stored.manifest, sources);
  await env.R2.put(stored.build.manifest_key, JSON.stringify(stored.manifest));
  await finishVersion(env.R2, stored.build.preview_id, stored.build.version, null);
}

/** Bundle a project the way a job does. */
export async function bundleProject(
  kind: PreviewKind,
  entry: string,
  files: Files,
  changes: Partial<SourceManifest> = {},
): Promise<Bundle> {
  const { build, manifest } = await store(kind, entry, files);
  const checked = checkManifest({ ...manifest, ...changes }, build);
  return bundlePlan(planFor(checked, (await loadSources(env.R2, build, checked)).sources));
}

/** The part of a job that reads nothing any more. */
export async function bundlePlan(plan: Plan): Promise<Bundle> {
  return bundle(plan.project, plan.entry, plan.virtual, plan.jsxImportSource);
}

/** A web project whose page loads one module. */
export async function bundleWeb(
  files: Files,
  entry = "src/main.ts",
  changes: Partial<SourceManifest> = {},
): Promise<Bundle> {
  const page = `<!doctype html><div id="app"></div><script type="module" src="/${entry}"></script>`;
  return bundleProject("web", "index.html", { "index.html": page, ...files }, changes);
}
