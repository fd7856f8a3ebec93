/** A live preview's program: modules that stay apart, so that a save replaces one of them. Types only. */

/** One module as the phone runs it. */
export interface LiveModule {
  /** The namespace and path that it is imported by: `project:src/App.tsx`. */
  readonly id: string;
  /** The body of a CommonJS module; `require` takes ids. */
  readonly code: string;
  /** What it adds to the page's style. */
  readonly css: string | null;
}

/** Object `modules.json` of a version. */
export interface LiveProgram {
  readonly entry: string;
  readonly modules: readonly LiveModule[];
}

/** A module with what only some ask for: its source map, and the files that a save of makes it anew. */
export interface CompiledModule extends LiveModule {
  readonly map: string;
  readonly files: readonly string[];
}

/** Object `graph.json` of a version: which files each module is made of. */
export type LiveGraph = Readonly<Record<string, readonly string[]>>;

/** Name of a module in stack traces, before its id. */
export const MODULE_NAME = "hivesync:/";
