/**
 * Preludes: packages that every preview may import, built once and served as static scripts. A preview's own
 * bundle holds none of them, so it stays small and builds in milliseconds.
 */
import { build, type Plugin } from "esbuild";
import { SCRIPT, type Output } from "./output.ts";

interface Prelude {
  /** Name in a preview's imports → the package behind it. */
  readonly modules: Readonly<Record<string, string>>;
  /** Preludes whose modules this one shares instead of carrying its own copy. */
  readonly needs: readonly string[];
  /** Runs before them. */
  readonly first?: string;
}

const PRELUDES: Readonly<Record<string, Prelude>> = {
  react: {
    modules: same([
      "react-refresh/runtime",
      "react",
      "react/jsx-runtime",
      "react/jsx-dev-runtime",
      "react-dom",
      "react-dom/client",
    ]),
    needs: [],
    // React DOM looks for it once, when it loads.
    first: 'require("react-refresh/runtime").injectIntoGlobalHook(window);',
  },
  react_native: {
    modules: { "react-native": "react-native-web", "react-native-web": "react-native-web" },
    needs: ["react"],
    // React Native has it, and so its packages use it.
    first: "window.global ??= window;",
  },
  preact: {
    modules: same([
      "preact",
      "preact/hooks",
      "preact/compat",
      "preact/compat/client",
      "preact/jsx-runtime",
      "preact/jsx-dev-runtime",
      "preact/debug",
    ]),
    needs: [],
  },
};

function same(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, name]));
}

export interface BuiltPreludes {
  /** Module → prelude. */
  readonly modules: Record<string, string>;
  readonly preludes: Record<string, { readonly url: string; readonly needs: readonly string[] }>;
}

export async function buildPreludes(output: Output): Promise<BuiltPreludes> {
  const built: BuiltPreludes = { modules: {}, preludes: {} };
  for (const [name, prelude] of Object.entries(PRELUDES)) {
    built.preludes[name] = {
      url: output.publish(`${name}.js`, await bundlePrelude(prelude)),
      needs: prelude.needs,
    };
    for (const module of Object.keys(prelude.modules)) built.modules[module] = name;
  }
  return built;
}

async function bundlePrelude({ modules, needs, first = "" }: Prelude): Promise<string> {
  const shared = needs.flatMap((needed) => Object.keys(PRELUDES[needed]?.modules ?? {}));
  // `require` hands on the very object that a package exports: libraries compare and patch it.
  const lines = Object.entries(modules).map(
    ([name, source]) => `__hivesync.register(${JSON.stringify(name)}, require(${JSON.stringify(source)}));`,
  );
  const { outputFiles } = await build({
    ...SCRIPT,
    write: false,
    stdin: { contents: [first, ...lines].join("\n"), resolveDir: import.meta.dirname },
    // Names stay readable in stack traces; white space is what compression does not pay for.
    minify: false,
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [fromRegistry(shared)],
  });
  return outputFiles[0]?.text ?? "";
}

function fromRegistry(modules: readonly string[]): Plugin {
  return {
    name: "from-registry",
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path }) =>
        modules.includes(path) ? { path, namespace: "registry" } : null,
      );
      build.onLoad({ filter: /.*/, namespace: "registry" }, ({ path }) => ({
        contents: `module.exports = __hivesync.module(${JSON.stringify(path)});`,
      }));
    },
  };
}
