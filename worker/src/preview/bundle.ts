/** Bundles one project into one script and one style sheet. */
import type { BuildOptions } from "esbuild-wasm";
import type { Diagnostic } from "../contract.gen.ts";
import { buildError, diagnosticOf, isBuildFailure } from "./diagnostics.ts";
import { bundler } from "./esbuild.ts";
import { environment } from "./environment.ts";
import { AssetUse } from "./modules.ts";
import type { PlainScript } from "./kinds/plan.ts";
import { projectPlugin, type VirtualModule } from "./plugin.ts";
import type { Project } from "./project.ts";

/** What every phone of the last years runs; CSS nesting is lowered for those that lack it. */
const TARGETS = ["es2022", "chrome107", "safari16", "firefox104"];
export const ENTRY = "hivesync-entry";

export interface Bundle {
  readonly script: string;
  readonly style: string | null;
  readonly sourceMap: string;
  readonly preludes: readonly string[];
  readonly assetPaths: ReadonlySet<string>;
  readonly warnings: readonly Diagnostic[];
}

/** `entry` is code; `virtual` holds modules that it imports besides the project's own. */
export async function bundle(
  project: Project,
  entry: string,
  virtual: ReadonlyMap<string, VirtualModule>,
  jsxImportSource: string,
): Promise<Bundle> {
  const input = {
    project,
    virtual: new Map([...virtual, [ENTRY, { contents: entry, loader: "js" as const }]]),
    assets: new AssetUse(),
    loaded: new Set<string>(),
    preludes: new Set<string>(),
    replaced: new Set<string>(),
  };
  const options = {
    ...buildOptions(project, jsxImportSource),
    entryPoints: [{ in: ENTRY, out: "app" }],
    format: "esm" as const,
    plugins: [projectPlugin(input)],
  };
  const read = (path: string): string | undefined =>
    project.sources.text(path) ?? virtual.get(path)?.contents;
  try {
    const result = await bundler.build(options, () => sizeOf(project, input.loaded));
    const output = (suffix: string): string | null =>
      result.outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? null;
    return {
      script: output(".js") ?? "",
      style: output(".css"),
      sourceMap: output(".js.map") ?? "{}",
      preludes: [...input.preludes],
      assetPaths: input.assets.paths,
      warnings: result.warnings.map((warning) => diagnosticOf(warning, read)),
    };
  } catch (error) {
    throw isBuildFailure(error) ? buildError(error, read) : error;
  }
}

/** Find the syntax errors of scripts that are not bundled. */
export async function checkScripts({ sources }: Project, scripts: readonly PlainScript[]): Promise<void> {
  for (const { file, code } of scripts) {
    try {
      await bundler.check(code, { sourcefile: file, loader: "js", logLevel: "silent" });
    } catch (error) {
      throw isBuildFailure(error) ? buildError(error, (path) => sources.text(path)) : error;
    }
  }
}

function sizeOf({ sources }: Project, paths: Iterable<string>): number {
  let total = 0;
  for (const path of paths) total += sources.text(path)?.length ?? 0;
  return total;
}

/** What every build of a project shares, whichever form its output has. */
export function buildOptions(project: Project, jsxImportSource: string): BuildOptions & { write: false } {
  return {
    bundle: true,
    write: false,
    outdir: "/out",
    platform: "browser",
    target: TARGETS,
    charset: "utf8",
    legalComments: "none",
    sourcemap: "external",
    logLevel: "silent",
    jsx: "automatic",
    jsxImportSource,
    define: defines(project),
    banner: { js: `const ${ENV} = ${JSON.stringify(environment(project))};` },
    tsconfigRaw: { compilerOptions: compilerOptions(project) },
  };
}

/** Only what decides which code runs; JSX is always compiled the modern way. */
function compilerOptions({ config }: Project): Record<string, boolean> {
  const names = ["experimentalDecorators", "useDefineForClassFields", "verbatimModuleSyntax"] as const;
  return Object.fromEntries(
    names
      .map((name) => [name, config.options[name]] as const)
      .filter((entry): entry is [(typeof entry)[0], boolean] => typeof entry[1] === "boolean"),
  );
}

const ENV = "__hivesync_env";

/** Known names become constants, so that what they switch off is left out; the object serves all other uses. */
function defines(project: Project): Record<string, string> {
  const found: Record<string, string> = {
    "import.meta.env": ENV,
    "import.meta.hot": "undefined",
    "process.env": ENV,
    __DEV__: "true",
  };
  for (const [name, value] of Object.entries(environment(project))) {
    found[`import.meta.env.${name}`] = JSON.stringify(value);
    found[`process.env.${name}`] = JSON.stringify(value);
  }
  if (project.kind !== "web") found["global"] = "globalThis";
  return found;
}
