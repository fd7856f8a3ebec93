/** Compiles a live preview's modules, each by itself, with the bundler's own resolver and error messages. */
import type {
  BuildOptions,
  BuildResult,
  Metafile,
  OnLoadArgs,
  OnLoadResult,
  OnResolveArgs,
  OnResolveResult,
  Plugin,
} from "esbuild-wasm";
import type { Diagnostic } from "../../contract.gen.ts";
import { buildOptions, ENTRY } from "../bundle.ts";
import { buildError, diagnosticOf, isBuildFailure } from "../diagnostics.ts";
import { UNSENT } from "../barrels.ts";
import { bundler } from "../esbuild.ts";
import type { Plan } from "../kinds/plan.ts";
import { AssetUse } from "../modules.ts";
import { projectPath, STYLE_MARK } from "../paths.ts";
import { load, onLoadOurs, PROJECT, resolve, VIRTUAL, type Import, type PluginInput } from "../plugin.ts";
import { tellFamilies } from "./families.ts";
import { FORM, idOf, withOwnDefaults } from "./form.ts";
import type { CompiledModule } from "./module.ts";

export const ENTRY_ID = `${VIRTUAL}:${ENTRY}`;
/** Holds scripts that hand on what is none: data, a text, or the names of a style sheet's classes. */
const HANDED_ON = "handed-on";

export interface Compiled {
  readonly modules: readonly CompiledModule[];
  readonly preludes: readonly string[];
  readonly assetPaths: ReadonlySet<string>;
  readonly warnings: readonly Diagnostic[];
}

/** Single modules can't show it: what the program uses exists in a whole script only, or was not sent. */
export class NotLiving extends Error {}

/** Compile `ids`, and what they import that is not `known`. Raises `WorkerError`, or `NotLiving`. */
export async function compileModules(
  plan: Plan,
  ids: readonly string[],
  known: ReadonlySet<string> = new Set(),
): Promise<Compiled> {
  const compiler = new Compiler(plan);
  const done = new Set([...known, ...ids]);
  let wanted: readonly string[] = [...ids];
  while (wanted.length > 0) {
    const imported = await compiler.compile(wanted);
    wanted = [...imported].filter((id) => !done.has(id));
    for (const id of wanted) done.add(id);
  }
  return compiler.result();
}

/** What the bundler's plugin knows of a program. */
export function inputOf({ project, entry, virtual }: Plan): PluginInput {
  return {
    project,
    virtual: new Map([...virtual, [ENTRY, { contents: entry, loader: "js" }]]),
    assets: new AssetUse(),
    loaded: new Set(),
    preludes: new Set(),
    replaced: new Set(),
  };
}

class Compiler {
  readonly #modules: CompiledModule[] = [];
  readonly #warnings: Diagnostic[] = [];
  readonly #input: PluginInput;
  #imported = new Set<string>();

  constructor(private readonly plan: Plan) {
    this.#input = inputOf(plan);
  }

  /** Compile these and give the ids of all that they import. */
  async compile(ids: readonly string[]): Promise<ReadonlySet<string>> {
    this.#imported = new Set();
    const result = await this.#build(ids);
    const texts = new Map(result.outputFiles.map((file) => [file.path, file.text]));
    ids.forEach((id, index) => {
      this.#modules.push(moduleOf(id, `/out/m${index}`, texts, result.metafile));
    });
    this.#warnings.push(...result.warnings.map((warning) => diagnosticOf(warning, this.#read)));
    return this.#imported;
  }

  result(): Compiled {
    const { assets, preludes } = this.#input;
    return {
      modules: this.#modules,
      preludes: [...preludes],
      assetPaths: assets.paths,
      warnings: this.#warnings,
    };
  }

  async #build(ids: readonly string[]): Promise<BuildResult<Options>> {
    const options: Options = {
      ...buildOptions(this.plan.project, this.plan.jsxImportSource),
      entryPoints: ids.map((id, index) => ({ in: id, out: `m${index}` })),
      ...FORM,
      metafile: true,
      plugins: [this.#plugin()],
    };
    const { sources } = this.plan.project;
    const bytes = ids.reduce((sum, id) => sum + (sources.text(projectPath(id))?.length ?? 0), 0);
    try {
      return await bundler.build(options, () => bytes);
    } catch (error) {
      if (!isBuildFailure(error)) throw error;
      if (error.errors.some(({ text }) => NEEDS_WHOLE.test(text))) throw new NotLiving();
      throw buildError(error, this.#read);
    }
  }

  readonly #read = (path: string): string | undefined =>
    this.plan.project.sources.text(path) ?? this.plan.virtual.get(path)?.contents;

  #plugin(): Plugin {
    return {
      name: "hivesync-modules",
      setup: (build) => {
        build.onResolve({ filter: /.*/ }, (args) => this.#resolve(args));
        build.onLoad({ filter: /.*/, namespace: HANDED_ON }, ({ path, suffix }) => ({
          contents: `module.exports = require(${JSON.stringify(path + suffix)});`,
        }));
        build.onLoad({ filter: /.*/, namespace: PROJECT }, (args) => this.#load(args));
        onLoadOurs(build, this.#input);
      },
    };
  }

  #resolve(args: OnResolveArgs): OnResolveResult {
    if (args.kind === "entry-point") return entryPoint(args.path);
    if (args.namespace === HANDED_ON) return handedOn(args.path);
    const found = resolve(this.#input, unmarked(args));
    const inStyle = /^(import-rule|url-token|composes-from)$/.test(args.kind);
    if (found.errors) return found;
    if (inStyle) return found.namespace === PROJECT ? styleSheet(found.path ?? "") : found;
    if (found.external) return { errors: [{ text: REMOTE }] };
    const id = idOf(found);
    this.#imported.add(id);
    return { path: id, external: true, sideEffects: true };
  }

  async #load(args: OnLoadArgs): Promise<OnLoadResult> {
    const path = args.path.replace(STYLE_MARK, "");
    const loaded = await load(this.#input, { ...args, path });
    const { contents } = loaded;
    return typeof contents === "string" ? { ...loaded, contents: tellFamilies(path, contents) } : loaded;
  }
}

type Options = BuildOptions & { write: false; metafile: true };

const REMOTE = "A module of another server can't be replaced";
const NEEDS_WHOLE = new RegExp(`^(${REMOTE}|${UNSENT}|Top-level await)`);
/** What esbuild makes no exports for where it is an entry. */
const NO_SCRIPT = /(\.(css|json|html|md|txt)|\?raw)$/;

function entryPoint(id: string): OnResolveResult {
  const [, namespace = "", name = ""] = /^([a-z-]+):(.*)$/s.exec(id) ?? [];
  const isHandedOn = namespace === PROJECT && NO_SCRIPT.test(name);
  return { ...partsOf(name), namespace: isHandedOn ? HANDED_ON : namespace };
}

function partsOf(name: string): { readonly path: string; readonly suffix: string } {
  const suffix = /\?[a-z]+$/.exec(name)?.[0] ?? "";
  return { path: name.slice(0, name.length - suffix.length), suffix };
}

function handedOn(name: string): OnResolveResult {
  const { path, suffix } = partsOf(name);
  return { ...styleSheet(path), suffix };
}

/** Give a style sheet; one with classes of its own under a name that no other has. */
function styleSheet(path: string): OnResolveResult {
  const marked = path.replace(/(?<=\.module)(?=\.css$)/, `.hs-${shortHash(path)}`);
  return { path: marked, namespace: PROJECT };
}

function unmarked(args: OnResolveArgs): Import {
  return { ...args, importer: args.importer.replace(STYLE_MARK, "") };
}

/** FNV-1a: names differ, nothing more is asked of it. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash.toString(36);
}

function moduleOf(
  id: string,
  output: string,
  texts: ReadonlyMap<string, string>,
  metafile: Metafile,
): CompiledModule {
  const code = texts.get(`${output}.js`) ?? "";
  const css = texts.get(`${output}.css`) ?? null;
  const made = [`${output}.js`, `${output}.css`].flatMap((name) =>
    Object.keys(metafile.outputs[name.slice(1)]?.inputs ?? {}),
  );
  const files = new Set(made.filter((name) => name.startsWith(`${PROJECT}:`)).map(projectPath));
  return {
    id,
    code: withOwnDefaults(code, (name) => name),
    css,
    map: texts.get(`${output}.js.map`) ?? "{}",
    files: [...files.add(projectPath(id))],
  };
}
