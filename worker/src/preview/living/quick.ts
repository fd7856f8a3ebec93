/**
 * Compiles a saved script in a third of the bundler's usual time: its imports are not asked for one by one while
 * it is built, but looked up afterwards. Leaves to the usual way what is not plain: new imports and mistakes.
 */
import type { BuildOptions, BuildResult, ImportKind, Loader, Metafile } from "esbuild-wasm";
import { buildOptions } from "../bundle.ts";
import { isBuildFailure } from "../diagnostics.ts";
import { projectPath } from "../paths.ts";
import { bundler } from "../esbuild.ts";
import type { Plan } from "../kinds/plan.ts";
import { isScript } from "../media.ts";
import { load, PROJECT, resolve, type PluginInput } from "../plugin.ts";
import { compileModules, inputOf } from "./compile.ts";
import { tellFamilies } from "./families.ts";
import { FORM, idOf, withOwnDefaults } from "./form.ts";
import type { CompiledModule } from "./module.ts";

/** Compile modules that were saved, and those that they import for the first time. Raises as `compileModules`. */
export async function compileSaved(
  plan: Plan,
  ids: readonly string[],
  known: ReadonlySet<string>,
): Promise<readonly CompiledModule[]> {
  const quick = await Promise.all(ids.map(async (id) => compileQuickly(plan, id, known)));
  const left = ids.filter((_id, index) => quick[index] === null);
  const bundled = left.length === 0 ? [] : (await compileModules(plan, left, known)).modules;
  return [...quick.filter((module) => module !== null), ...bundled];
}

/** Give the module, or null if the usual way has to tell. Warnings are not told: a save shows none. */
export async function compileQuickly(
  plan: Plan,
  id: string,
  known: ReadonlySet<string>,
): Promise<CompiledModule | null> {
  const path = projectPath(id);
  if (id !== `${PROJECT}:${path}` || !isScript(path)) return null;
  const input = inputOf(plan);
  const { contents, loader = "js", errors = [] } = await load(input, { path, suffix: "" });
  if (typeof contents !== "string" || errors.length > 0) return null;
  const made = await buildAlone(plan, id, { contents: tellFamilies(path, contents), loader });
  const ids = made && idsOf(made.metafile, path, input, known);
  if (!made || !ids) return null;
  const text = (name: string): string => made.outputFiles.find((file) => file.path === name)?.text ?? "";
  const code = withOwnDefaults(text(`/${SCRIPT}`), (name) => ids.get(name));
  return { id, code: naming(ids) + code, css: null, map: text(`/${SCRIPT}.map`), files: [path] };
}

type Options = BuildOptions & { write: false; metafile: true };

interface Script {
  readonly contents: string;
  readonly loader: Loader;
}

/** Build a script that takes everything from outside, by the names that it has for it. */
async function buildAlone(
  { project, jsxImportSource }: Plan,
  id: string,
  { contents, loader }: Script,
): Promise<BuildResult<Options> | null> {
  const options: Options = {
    ...buildOptions(project, jsxImportSource),
    ...FORM,
    external: ["*"],
    metafile: true,
    stdin: { contents, loader, sourcefile: id },
  };
  try {
    return await bundler.build(options, () => contents.length);
  } catch (error) {
    if (isBuildFailure(error)) return null;
    throw error;
  }
}

/** Give the ids of what it imports, by those names; null if one of them means nothing that is known. */
function idsOf(
  { outputs }: Metafile,
  importer: string,
  input: PluginInput,
  known: ReadonlySet<string>,
): ReadonlyMap<string, string> | null {
  const ids = new Map<string, string>();
  for (const { path, kind } of outputs[SCRIPT]?.imports ?? []) {
    const found = resolve(input, { path, kind: kind as ImportKind, importer });
    const id = idOf(found);
    if (found.errors || found.external || !known.has(id)) return null;
    ids.set(path, id);
  }
  return ids;
}

/** Stands on the first line, which is esbuild's banner: places in the source map stay as they are. */
function naming(ids: ReadonlyMap<string, string>): string {
  const names = JSON.stringify(Object.fromEntries(ids));
  return `require=((outer,ids)=>(name)=>outer(ids[name]??name))(require,${names});`;
}

const SCRIPT = "out/stdin.js";
