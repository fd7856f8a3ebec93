/** The form that all modules of a live preview have, whichever way they are compiled. */
import type { CommonOptions, OnResolveResult } from "esbuild-wasm";

/** Options of esbuild. */
export const FORM = {
  format: "cjs",
  // What is imported later is a module of the registry like any other.
  supported: { "dynamic-import": false },
  logOverride: { "empty-import-meta": "silent" },
} as const satisfies CommonOptions;

/** Give the id of the module that an import was found to mean. */
export function idOf({ namespace = "", path = "", suffix = "" }: OnResolveResult): string {
  return `${namespace}:${path}${suffix}`;
}

/** An ECMAScript module gives its own default to another, whatever Node.js says of CommonJS. */
export function withOwnDefaults(code: string, idFor: (name: string) => string | undefined): string {
  return code.replace(NODE_DEFAULT, (whole, required: string, name: string) =>
    OWN_MODULE.test(idFor(name) ?? "") ? `${required})` : whole,
  );
}

const NODE_DEFAULT = /(require\("([^"\n]*)"\)), 1\)/g;
const OWN_MODULE = /^project:.*\.m[jt]s$/;
