/** What a build writes for the phone: one script, or, for a live preview, modules that stay apart. */
import type { Diagnostic } from "../contract.gen.ts";
import { bundle } from "./bundle.ts";
import type { Plan } from "./kinds/plan.ts";
import { compileModules, ENTRY_ID, NotLiving, type Compiled } from "./living/compile.ts";
import type { LiveGraph, LiveProgram } from "./living/module.ts";

export interface OutputFile {
  readonly name: string;
  readonly text: string;
  readonly type: string;
}

export interface Program {
  readonly living: boolean;
  readonly files: readonly OutputFile[];
  /** Names of the files above. */
  readonly script: string;
  readonly style: string | null;
  readonly sourceMap: string;
  readonly preludes: readonly string[];
  readonly assetPaths: ReadonlySet<string>;
  readonly warnings: readonly Diagnostic[];
}

/** The objects of a live version that hold its modules, and which files each is made of. */
export const MODULES = "modules.json";
export const MAPS = "maps.json";
export const GRAPH = "graph.json";

const JSON_TYPE = "application/json";

export async function makeProgram(plan: Plan, live: boolean): Promise<Program> {
  if (!live) return wholeProgram(plan);
  try {
    return livingProgram(await compileModules(plan, [ENTRY_ID]));
  } catch (error) {
    if (error instanceof NotLiving) return wholeProgram(plan);
    throw error;
  }
}

/** `name` is what its files are called, since a version may hold several programs. */
export async function wholeProgram(plan: Plan, name = "app"): Promise<Program> {
  const bundled = await bundle(plan.project, plan.entry, plan.virtual, plan.jsxImportSource);
  const { script, style, sourceMap, preludes, assetPaths, warnings } = bundled;
  const files: OutputFile[] = [
    { name: `${name}.js`, text: script, type: "text/javascript; charset=utf-8" },
    { name: `${name}.js.map`, text: sourceMap, type: JSON_TYPE },
  ];
  if (style !== null) files.push({ name: `${name}.css`, text: style, type: "text/css; charset=utf-8" });
  return {
    living: false,
    files,
    script: `${name}.js`,
    style: style === null ? null : `${name}.css`,
    sourceMap: `${name}.js.map`,
    preludes,
    assetPaths,
    warnings,
  };
}

function livingProgram({ modules, ...rest }: Compiled): Program {
  const program: LiveProgram = {
    entry: ENTRY_ID,
    modules: modules.map(({ id, code, css }) => ({ id, code, css })),
  };
  const maps = Object.fromEntries(modules.map(({ id, map }) => [id, map]));
  const graph: LiveGraph = Object.fromEntries(modules.map(({ id, files }) => [id, files]));
  const file = (name: string, value: unknown): OutputFile => {
    return { name, text: JSON.stringify(value), type: JSON_TYPE };
  };
  return {
    ...rest,
    living: true,
    files: [file(MODULES, program), file(MAPS, maps), file(GRAPH, graph)],
    script: MODULES,
    style: null,
    sourceMap: MAPS,
  };
}
