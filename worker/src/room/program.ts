/** The program of a live version in memory: its files as they were last saved, ready to compile a module. */
import { LIMITS, type SourceManifest } from "../contract.gen.ts";
import { utf8 } from "../encoding.ts";
import type { Artifact } from "../preview/artifact.ts";
import { planFor } from "../preview/kinds/planners.ts";
import type { Plan } from "../preview/kinds/plan.ts";
import type { CompiledModule, LiveGraph } from "../preview/living/module.ts";
import { compileSaved } from "../preview/living/quick.ts";
import { loadManifest } from "../preview/manifest.ts";
import { isBundled, isSourceText } from "../preview/media.ts";
import { baseName } from "../preview/paths.ts";
import { GRAPH } from "../preview/program.ts";
import { loadSources, type Sources } from "../preview/sources.ts";
import { readJson, versionPrefix } from "../storage.ts";
import type { SavedFile } from "./messages.ts";

export class RoomProgram {
  /** Which files each module is made of. */
  readonly #graph: Map<string, readonly string[]>;
  readonly #plan: Plan;
  readonly #preludes: ReadonlySet<string>;

  private constructor(
    private readonly manifest: SourceManifest,
    private readonly sources: Sources,
    graph: LiveGraph,
  ) {
    this.#graph = new Map(Object.entries(graph));
    this.#plan = planFor(manifest, sources);
    this.#preludes = new Set(Object.keys(graph).filter(isPrelude));
  }

  /** Load a version as it was built, with what was saved since; null if it is not one of single modules. */
  static async load(
    bucket: R2Bucket,
    where: { readonly previewId: string; readonly projectId: string; readonly version: number },
    files: readonly SavedFile[],
    modules: readonly CompiledModule[],
  ): Promise<RoomProgram | null> {
    const prefix = versionPrefix(where.previewId, where.version);
    const artifact = (await readJson(bucket, `${prefix}artifact.json`)) as Artifact | null;
    const graph = (await readJson(bucket, `${prefix}${GRAPH}`)) as LiveGraph | null;
    if (!artifact?.living || graph === null) return null;
    const build = {
      preview_id: where.previewId,
      project_id: where.projectId,
      version: where.version,
      manifest_key: `${prefix}manifest.json`,
    };
    const manifest = await loadManifest(bucket, build);
    const { sources } = await loadSources(bucket, build, manifest);
    const program = new RoomProgram(manifest, sources, graph);
    program.#put(files);
    program.#learn(modules);
    return program;
  }

  /** Take saved files; false if they change more than modules can show: then a whole version is needed. */
  take(files: readonly SavedFile[]): boolean {
    if (!files.every((file) => this.#isReplaceable(file))) return false;
    this.#put(files);
    if (this.#textBytes() > LIMITS.SOURCE_TEXT_BYTES) return false;
    return this.#isSamePlan();
  }

  /** Give the modules that are made of these files. */
  madeOf(paths: readonly string[]): string[] {
    const changed = new Set(paths);
    return [...this.#graph].filter(([, files]) => files.some((file) => changed.has(file))).map(([id]) => id);
  }

  /** Compile modules, and those that they import for the first time; null if a whole version is needed. */
  async compile(ids: readonly string[]): Promise<readonly CompiledModule[] | null> {
    const modules = await compileSaved(this.#plan, ids, new Set(this.#graph.keys()));
    // The page loads its preludes once, at its start.
    if (modules.some(({ id }) => isPrelude(id) && !this.#preludes.has(id))) return null;
    this.#learn(modules);
    return modules;
  }

  #isSamePlan(): boolean {
    try {
      return essence(planFor(this.manifest, this.sources)) === essence(this.#plan);
    } catch {
      // A page that can't be read any more: the build of a whole version says what is wrong with it.
      return false;
    }
  }

  #isReplaceable({ path }: SavedFile): boolean {
    return this.sources.has(path) && isBundled(path) && baseName(path) !== "package.json";
  }

  #put(files: readonly SavedFile[]): void {
    for (const { path, content } of files) this.sources.replace(path, content, utf8(content).length);
  }

  #learn(modules: readonly CompiledModule[]): void {
    for (const { id, files } of modules) this.#graph.set(id, files);
  }

  #textBytes(): number {
    return [...this.sources.files.values()].reduce(
      (sum, { path, size }) => sum + (isSourceText(path) ? size : 0),
      0,
    );
  }
}

/** All that a plan decides besides the files themselves: while it stays, modules are all that changes. */
function essence({ project, entry, virtual, jsxImportSource, page, plainScripts, assetPaths }: Plan): string {
  const { babel, config, env, packageAliases, root } = project;
  return JSON.stringify([
    [babel, config, env, [...packageAliases], root],
    [entry, [...virtual], jsxImportSource, page, plainScripts, assetPaths],
  ]);
}

function isPrelude(id: string): boolean {
  return id.startsWith("prelude:");
}
