/** From a manifest to a finished version in R2. Writes nothing that a phone can see until all of it is there. */
import phone from "../../dist/phone.json";
import type { PreviewBuild, SourceManifest } from "../contract.gen.ts";
import { WorkerError } from "../errors.ts";
import { versionPrefix, writeJson } from "../storage.ts";
import type { Artifact, Asset } from "./artifact.ts";
import { bundle, checkScripts, type Bundle } from "./bundle.ts";
import type { Plan } from "./kinds/plan.ts";
import { planFor } from "./kinds/planners.ts";
import { isAsset, mediaType } from "./media.ts";
import { publicDirectory, urlOfFile } from "./project.ts";
import type { Sources } from "./sources.ts";

export interface Built {
  readonly artifact: Artifact;
  readonly keys: readonly string[];
  readonly bytes: number;
}

const TOO_DEEP = "A file of the project is nested too deeply to be built, or too large.";

/** Public files up to this size are fetched at once: they are what a page is likely to ask for. */
const EAGER_PUBLIC_BYTES = 512 * 1024;

export async function buildVersion(
  bucket: R2Bucket,
  build: PreviewBuild,
  manifest: SourceManifest,
  sources: Sources,
): Promise<Built> {
  const { plan, bundled } = await compile(manifest, sources);
  return writeVersion(bucket, build, describeArtifact(build, manifest, plan, bundled), bundled);
}

async function compile(manifest: SourceManifest, sources: Sources): Promise<{ plan: Plan; bundled: Bundle }> {
  try {
    const plan = planFor(manifest, sources);
    await checkScripts(plan.project, plan.plainScripts);
    const bundled = await bundle(plan.project, plan.entry, plan.virtual, plan.jsxImportSource);
    return { plan, bundled };
  } catch (error) {
    // Parsers go down into what is nested, ours and esbuild's alike, until the stack runs over.
    throw error instanceof RangeError ? new WorkerError("PREVIEW_BUILD_FAILED", TOO_DEEP) : error;
  }
}

function describeArtifact(
  build: PreviewBuild,
  manifest: SourceManifest,
  plan: Plan,
  bundled: Bundle,
): Artifact {
  return {
    schema: 1,
    preview_id: build.preview_id,
    version: build.version,
    kind: manifest.kind,
    page: plan.page,
    preludes: preludeUrls(bundled.preludes),
    script: "app.js",
    style: bundled.style === null ? null : "app.css",
    sourceMap: "app.js.map",
    assets: assetsOf(plan, bundled),
    warnings: bundled.warnings,
  };
}

/** Every file that could be asked for, and which of them are sure to be. */
function assetsOf({ project, assetPaths }: Plan, bundled: Bundle): Asset[] {
  const used = new Set([...assetPaths, ...bundled.assetPaths]);
  const inPublic = `${publicDirectory(project)}/`;
  return [...project.sources.files.values()]
    .filter(({ path }) => used.has(path) || path.startsWith(inPublic) || isAsset(path))
    .map((file) => ({
      url: urlOfFile(project, file.path),
      sha256: file.sha256,
      size: file.size,
      ...project.sources.placeOf(file),
      type: mediaType(file.path),
      eager: used.has(file.path) || (file.path.startsWith(inPublic) && file.size <= EAGER_PUBLIC_BYTES),
    }));
}

/** Give the preludes' addresses, each after those it needs. */
function preludeUrls(names: readonly string[]): string[] {
  const preludes: Readonly<Record<string, { readonly url: string; readonly needs: readonly string[] }>> =
    phone.preludes;
  const ordered = new Set<string>();
  const add = (name: string): void => {
    const prelude = preludes[name];
    if (!prelude) return;
    prelude.needs.forEach(add);
    ordered.add(prelude.url);
  };
  names.forEach(add);
  return [...ordered];
}

async function writeVersion(
  bucket: R2Bucket,
  build: PreviewBuild,
  artifact: Artifact,
  bundled: Bundle,
): Promise<Built> {
  const prefix = versionPrefix(build.preview_id, build.version);
  const texts: readonly (readonly [name: string, text: string, type: string])[] = [
    [artifact.script, bundled.script, "text/javascript; charset=utf-8"],
    [artifact.sourceMap, bundled.sourceMap, "application/json"],
    ...(artifact.style === null
      ? []
      : [[artifact.style, bundled.style ?? "", "text/css; charset=utf-8"] as const]),
  ];
  await Promise.all(
    texts.map(([name, text, contentType]) =>
      bucket.put(prefix + name, text, { httpMetadata: { contentType } }),
    ),
  );
  const described = await writeJson(bucket, `${prefix}artifact.json`, artifact);
  return {
    artifact,
    keys: [...texts.map(([name]) => prefix + name), `${prefix}artifact.json`],
    bytes: texts.reduce((total, [, text]) => total + text.length, described),
  };
}
