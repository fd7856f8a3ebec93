/** Reads the few settings of tsconfig.json / jsconfig.json that change what a program means to a bundler. */
import { parse } from "jsonc-parser";
import { ancestors, directoryOf, joinPath } from "./paths.ts";

export interface CompilerOptions {
  readonly jsxImportSource?: string;
  readonly jsx?: string;
  readonly experimentalDecorators?: boolean;
  readonly useDefineForClassFields?: boolean;
  readonly verbatimModuleSyntax?: boolean;
  readonly baseUrl?: string;
  readonly paths?: Readonly<Record<string, readonly string[]>>;
}

export interface TsConfig {
  readonly options: CompilerOptions;
  /** Folder that `paths` are relative to, from the project's root. */
  readonly pathsFrom: string;
  /** Whether bare names are also looked up in `pathsFrom`, as `baseUrl` asks. */
  readonly hasBaseUrl: boolean;
}

type Read = (path: string) => string | undefined;

/** What a config says, as far as it has the right shape. */
interface RawConfig {
  readonly parents: readonly string[];
  readonly references: readonly string[];
  readonly hasNoFiles: boolean;
  readonly options: CompilerOptions;
}

const NONE: TsConfig = { options: {}, pathsFrom: "", hasBaseUrl: false };

/** Give the settings that hold for the entry: those of the nearest config, or of the one it refers to. */
export function tsConfigFor(entry: string, read: Read): TsConfig {
  for (const directory of ancestors(directoryOf(entry))) {
    for (const name of ["tsconfig.json", "jsconfig.json"]) {
      const path = joinPath(directory, name);
      if (path !== null && read(path) !== undefined) return projectConfig(path, read);
    }
  }
  return NONE;
}

/** A "solution" config has no files of its own; the first reference that is not for build tools counts. */
function projectConfig(path: string, read: Read): TsConfig {
  const raw = readRaw(path, read);
  if (!raw) return NONE;
  if (raw.references.length === 0 || !raw.hasNoFiles) return merged(path, read);
  const referenced = raw.references
    .map((reference) => configPath(directoryOf(path), reference, read))
    .filter((found) => found !== null);
  const chosen = referenced.find((found) => !/\.node\.json$/.test(found)) ?? referenced[0];
  return merged(chosen ?? path, read);
}

/**
 * One config with all it extends; nearer settings win, and `paths` stay relative to where they stand.
 *
 * Each file is read once (`known`): configs that extend one another in circles, or all of the next level each,
 * would else be read for ever.
 */
function merged(path: string, read: Read, known = new Map<string, TsConfig>()): TsConfig {
  const done = known.get(path);
  if (done) return done;
  known.set(path, NONE);
  const raw = readRaw(path, read);
  if (!raw) return NONE;
  const directory = directoryOf(path);
  let base = NONE;
  for (const parent of raw.parents) {
    // A preset from node_modules is not uploaded: what it sets does not concern the bundler.
    const parentPath = parent.startsWith(".") ? configPath(directory, parent, read) : null;
    if (parentPath !== null) base = overlay(base, merged(parentPath, read, known));
  }
  const config = overlay(base, own(raw, directory));
  known.set(path, config);
  return config;
}

function own({ options }: RawConfig, directory: string): TsConfig {
  const baseUrl = options.baseUrl === undefined ? null : joinPath(directory, options.baseUrl);
  return { options, pathsFrom: baseUrl ?? directory, hasBaseUrl: baseUrl !== null };
}

function overlay(base: TsConfig, top: TsConfig): TsConfig {
  const setsPaths = top.options.paths !== undefined || top.options.baseUrl !== undefined;
  const source = setsPaths ? top : base;
  return {
    options: { ...base.options, ...top.options },
    pathsFrom: source.pathsFrom,
    hasBaseUrl: source.hasBaseUrl,
  };
}

function configPath(directory: string, reference: string, read: Read): string | null {
  const path = joinPath(directory, reference);
  if (path === null) return null;
  return [path, `${path}.json`, `${path}/tsconfig.json`].find((found) => read(found) !== undefined) ?? null;
}

function readRaw(path: string, read: Read): RawConfig | null {
  const value: unknown = parse(read(path) ?? "", [], { allowTrailingComma: true });
  if (!isRecord(value)) return null;
  const { extends: parents, references, files, compilerOptions } = value;
  return {
    parents: strings([parents].flat()),
    references: strings(
      list(references).map((reference) => (isRecord(reference) ? reference["path"] : null)),
    ),
    hasNoFiles: Array.isArray(files) && files.length === 0,
    options: isRecord(compilerOptions) ? shaped(compilerOptions) : {},
  };
}

/** Files are written by hand: what has another shape counts as absent, as does what we don't read. */
function shaped(options: Readonly<Record<string, unknown>>): CompilerOptions {
  const { paths } = options;
  const texts = pick(options, ["jsxImportSource", "jsx", "baseUrl"], "string");
  const flags = ["experimentalDecorators", "useDefineForClassFields", "verbatimModuleSyntax"];
  const aliases = isRecord(paths)
    ? { paths: Object.fromEntries(Object.entries(paths).map(([name, to]) => [name, strings(list(to))])) }
    : {};
  return { ...texts, ...pick(options, flags, "boolean"), ...aliases };
}

function pick(
  options: Readonly<Record<string, unknown>>,
  names: readonly string[],
  type: "string" | "boolean",
): CompilerOptions {
  const found = names.map((name) => [name, options[name]] as const);
  return Object.fromEntries(found.filter(([, value]) => typeof value === type));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === "string");
}

/** Give the project paths that `specifier` may mean by the config's aliases, the most specific first. */
export function aliasCandidates(config: TsConfig, specifier: string): string[] {
  const found: string[] = [];
  const patterns = Object.entries(config.options.paths ?? {}).sort(
    ([left], [right]) => right.indexOf("*") - left.indexOf("*") || right.length - left.length,
  );
  for (const [pattern, targets] of patterns) {
    const matched = matchPattern(pattern, specifier);
    if (matched === null) continue;
    for (const target of targets) {
      const path = joinPath(config.pathsFrom, target.replace("*", matched));
      if (path !== null) found.push(path);
    }
  }
  if (config.hasBaseUrl) {
    const path = joinPath(config.pathsFrom, specifier);
    if (path !== null) found.push(path);
  }
  return found;
}

/** Give what `*` stands for ("" in a pattern without one), or null when the pattern does not fit. */
function matchPattern(pattern: string, specifier: string): string | null {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === specifier ? "" : null;
  const [prefix, suffix] = [pattern.slice(0, star), pattern.slice(star + 1)];
  const fits = specifier.startsWith(prefix) && specifier.endsWith(suffix);
  return fits && specifier.length >= prefix.length + suffix.length
    ? specifier.slice(star, specifier.length - suffix.length)
    : null;
}
