/**
 * React's Fast Refresh for modules that no Babel has prepared. A component's signature is read from its own
 * text: the hooks it calls, in order, with what states begin with. Another signature means another state.
 */
import type { Modules } from "./modules.ts";

/** The part of `react-refresh/runtime` that is used. */
interface Runtime {
  register(type: unknown, id: string): void;
  setSignature(type: unknown, key: string, forceReset: boolean, customHooks: () => unknown[]): void;
  isLikelyComponentType(type: unknown): boolean;
  performReactRefresh(): unknown;
}

const RUNTIME = "react-refresh/runtime";
const HOOK = /\b(use[A-Z]\w*)\)?\(/g;
const STATEFUL = new Set(["useState", "useReducer"]);

export class Refresh {
  /** Set while an update runs in which a hook of the project's own has changed: no state fits it any more. */
  resetAll = false;

  constructor(private readonly modules: Modules) {}

  get isPossible(): boolean {
    return this.modules.has(RUNTIME);
  }

  /** Tell React of what may be a component; again, under the same name, for the one in its place. */
  register(value: unknown, moduleId: string, name: string): void {
    if (!this.isPossible || !isObjectOrFunction(value)) return;
    const runtime = this.#runtime;
    if (!runtime.isLikelyComponentType(value)) return;
    runtime.setSignature(value, signatureOf(value), this.resetAll, () => []);
    runtime.register(value, `${moduleId} ${name}`);
  }

  registerExports(exported: unknown, moduleId: string): void {
    for (const [name, value] of entriesOf(exported)) {
      if (isComponentName(name)) this.register(value, moduleId, `export ${name}`);
    }
  }

  /** Tell whether nothing but components is exported: then React can exchange them, and importers need not run. */
  isBoundary(exported: unknown): boolean {
    const entries = entriesOf(exported);
    return (
      entries.length > 0 &&
      this.isPossible &&
      entries.every(
        ([name, value]) =>
          isObjectOrFunction(value) && isComponentName(name) && this.#runtime.isLikelyComponentType(value),
      )
    );
  }

  /** Draw with the components that were registered last. */
  perform(): void {
    this.#runtime.performReactRefresh();
  }

  get #runtime(): Runtime {
    return this.modules.module(RUNTIME) as Runtime;
  }
}

/** Give the hooks that a module exports, with what they call: a change of it changes who uses them. */
export function hooksOf(exported: unknown): string {
  return entriesOf(exported)
    .filter(([name, value]) => /^use[A-Z]/.test(name) && typeof value === "function")
    .map(([name, value]) => `${name}:${signatureOf(value)}`)
    .join("|");
}

export function exportNames(exported: unknown): string {
  return entriesOf(exported)
    .map(([name]) => name)
    .sort()
    .join();
}

/** Values are read where they are plain or getters of a module; a getter that throws exports nothing yet. */
function entriesOf(exported: unknown): [name: string, value: unknown][] {
  if (typeof exported === "function") return [["default", exported]];
  if (typeof exported !== "object" || exported === null) return [];
  const names = Object.keys(exported).filter((name) => name !== "__esModule");
  try {
    return names.map((name) => [name, (exported as Record<string, unknown>)[name]]);
  } catch {
    return [];
  }
}

function isObjectOrFunction(value: unknown): boolean {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}

function isComponentName(name: string): boolean {
  return name === "default" || /^[A-Z]/.test(name);
}

function signatureOf(value: unknown): string {
  const text = codeOf(value);
  return [...text.matchAll(HOOK)]
    .map(({ 0: call, 1: name = "", index }) =>
      STATEFUL.has(name) ? name + argumentsAt(text, index + call.length) : name,
    )
    .join();
}

/** A component may be wrapped: `memo` keeps it in `type`, `forwardRef` in `render`. */
function codeOf(value: unknown): string {
  if (typeof value === "function") return Function.prototype.toString.call(value);
  if (typeof value !== "object" || value === null) return "";
  const { type, render } = value as { readonly type?: unknown; readonly render?: unknown };
  return codeOf(type ?? render);
}

/** Give the text up to the parenthesis that closes a call. */
function argumentsAt(text: string, start: number): string {
  let depth = 1;
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === "(") depth += 1;
    else if (text[index] === ")" && (depth -= 1) === 0) return text.slice(start, index);
  }
  return text.slice(start);
}
