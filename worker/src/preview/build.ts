/** From a manifest to a finished version in R2. Writes nothing that a phone can see until all of it is there. */
import phone from "../../dist/phone.json";
import { LIMITS, type PreviewBuild, type SourceManifest } from "../contract.gen.ts";
import { WorkerError } from "../errors.ts";
import { versionPrefix, writeJson } from "../storage.ts";
import type { Artifact, Asset, Shown } from "./artifact.ts";
import { checkScripts } from "./bundle.ts";
import type { Plan } from "./kinds/plan.ts";
import { planFor } from "./kinds/planners.ts";
import { isAsset, mediaType } from "./media.ts";
import { buildPages, type Pages } from "./pages.ts";
import { makeProgram, type OutputFile, type Program } from "./program.ts";
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
  const compiled = await compile(manifest, sources);
  const files = [compiled.program, ...compiled.pages.built.map(({ program }) => program)].flatMap(
    (program) => program.files,
  );
  return writeVersion(bucket, build, describeArtifact(build, manifest, compiled), files);
}

interface Compiled {
  readonly plan: Plan;
  readonly program: Program;
  readonly pages: Pages;
}

const NO_PAGES: Pages = { built: [], warnings: [] };

async function compile(manifest: SourceManifest, sources: Sources): Promise<Compiled> {
  try {
    const plan = planFor(manifest, sources);
    await checkScripts(plan.project, plan.plainScripts);
    const pages = manifest.kind === "web" ? await buildPages(manifest, sources, plan) : NO_PAGES;
    // Modules that may be replaced are those of one program; of a site each save is a version.
    const isLive = (manifest.live ?? false) && pages.built.length === 0;
    return { plan, program: await makeProgram(plan, isLive), pages };
  } catch (error) {
    // Parsers go down into what is nested, ours and esbuild's alike, until the stack runs over.
    throw error instanceof RangeError ? new WorkerError("PREVIEW_BUILD_FAILED", TOO_DEEP) : error;
  }
}

function describeArtifact(
  build: PreviewBuild,
  manifest: SourceManifest,
  { plan, program, pages }: Compiled,
): Artifact {
  const warnings = [...program.warnings, ...pages.built.flatMap((page) => page.program.warnings)];
  return {
    schema: 1,
    preview_id: build.preview_id,
    version: build.version,
    kind: manifest.kind,
    ...shown(urlOfFile(plan.project, manifest.entry), plan, program),
    pages: pages.built.map((page) => ({
      ...shown(page.url, page.plan, page.program),
      eager: usedBy(page.plan, page.program).map((path) => urlOfFile(plan.project, path)),
    })),
    living: program.living,
    assets: assetsOf(plan, usedBy(plan, program), pages),
    warnings: [...pages.warnings, ...warnings].slice(0, LIMITS.BUILD_WARNINGS),
  };
}

function shown(url: string, { page }: Plan, program: Program): Shown {
  const { script, style, sourceMap } = program;
  return { url, page, preludes: preludeUrls(program.preludes), script, style, sourceMap };
}

/** Give the files that a page needs at once: what its markup shows and its program names. */
function usedBy(plan: Plan, program: Program): string[] {
  return [...new Set([...plan.assetPaths, ...program.assetPaths])];
}

/** Every file that could be asked for, and which of them are sure to be. */
function assetsOf({ project }: Plan, atOnce: readonly string[], pages: Pages): Asset[] {
  const used = new Set(atOnce);
  const later = new Set(pages.built.flatMap((page) => usedBy(page.plan, page.program)));
  const inPublic = `${publicDirectory(project)}/`;
  return [...project.sources.files.values()]
    .filter(({ path }) => used.has(path) || later.has(path) || path.startsWith(inPublic) || isAsset(path))
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
export function preludeUrls(names: readonly string[]): string[] {
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
  files: readonly OutputFile[],
): Promise<Built> {
  const prefix = versionPrefix(build.preview_id, build.version);
  await Promise.all(
    files.map(({ name, text, type }) =>
      bucket.put(prefix + name, text, { httpMetadata: { contentType: type } }),
    ),
  );
  const described = await writeJson(bucket, `${prefix}artifact.json`, artifact);
  return {
    artifact,
    keys: [...files.map(({ name }) => prefix + name), `${prefix}artifact.json`],
    bytes: files.reduce((total, { text }) => total + text.length, described),
  };
}
