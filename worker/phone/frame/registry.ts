/**
 * The modules of a live preview, run as Node.js runs its own: once, when first required. A save exchanges one of
 * them; it runs again, and whoever imports it runs again up to the modules that export only components.
 */
import { MODULE_NAME, type LiveModule, type LiveProgram } from "../../src/preview/living/module.ts";
import type { Modules } from "./modules.ts";
import { exportNames, hooksOf, type Refresh } from "./refresh.ts";
import type { Styles } from "./styles.ts";

type Require = (id: string) => unknown;
type Factory = (require: Require, module: { exports: unknown }, exports: unknown) => void;

const PRELUDE = "prelude:";

export class Registry {
  readonly #defined = new Map<string, LiveModule>();
  readonly #ran = new Map<string, { exports: unknown }>();
  readonly #importers = new Map<string, Set<string>>();
  /** The factory that the script element in progress hands over. */
  #factory: Factory | null = null;
  #running: string | null = null;
  /** A module threw while it ran again: what is on the screen does not fit the modules any more. */
  #isBroken = false;

  constructor(
    private readonly modules: Modules,
    private readonly refresh: Refresh,
    private readonly styles: Styles,
    private readonly nonce: string,
  ) {}

  /** For the script elements: take a module's body. */
  readonly define = (factory: Factory): void => {
    this.#factory = factory;
  };

  /** For the modules themselves: tell of something that may be a component. */
  readonly family = (name: string, read: () => unknown): void => {
    this.refresh.register(read(), this.#running ?? "", name);
  };

  start({ entry, modules }: LiveProgram): void {
    for (const module of modules) {
      // A save may have come while the page was getting ready.
      if (!this.#defined.has(module.id)) this.#defined.set(module.id, module);
    }
    this.#require(entry);
  }

  /** Take over changed modules; false if that needs the whole app to start anew. */
  update(modules: readonly LiveModule[]): boolean {
    const stale: string[] = [];
    for (const module of modules) {
      const before = this.#defined.get(module.id);
      this.#defined.set(module.id, module);
      if (!this.#ran.has(module.id)) continue;
      if (before?.css !== module.css) this.styles.put(module.id, module.css);
      if (before?.code !== module.code) stale.push(module.id);
    }
    if (stale.length === 0) return !this.#isBroken;
    if (this.#isBroken || !this.refresh.isPossible) return false;
    const order = this.#toRun(stale);
    return order !== null && this.#runAgain(order);
  }

  /** Give what must run again, imported before importing; null if that reaches the program's start. */
  #toRun(stale: readonly string[]): readonly string[] | null {
    const order: string[] = [];
    const seen = new Set<string>();
    const visit = (id: string): boolean => {
      if (seen.has(id)) return true;
      seen.add(id);
      if (!this.refresh.isBoundary(this.#ran.get(id)?.exports)) {
        const importers = this.#importers.get(id) ?? new Set();
        if (importers.size === 0 || ![...importers].every(visit)) return false;
      }
      order.unshift(id);
      return true;
    };
    return stale.every(visit) ? order : null;
  }

  #runAgain(order: readonly string[]): boolean {
    const before = new Map(order.map((id) => [id, this.#ran.get(id)?.exports]));
    this.#isBroken = true;
    this.refresh.resetAll = false;
    for (const id of order) {
      const old = before.get(id);
      const { exports } = this.#run(id);
      if (hooksOf(old) !== hooksOf(exports)) this.refresh.resetAll = true;
      // Another set of exports concerns importers, which have not been looked at.
      if (this.refresh.isBoundary(old) && exportNames(old) !== exportNames(exports)) return false;
    }
    this.#isBroken = false;
    this.refresh.perform();
    return true;
  }

  #require(id: string): unknown {
    if (id.startsWith(PRELUDE)) return this.modules.module(id.slice(PRELUDE.length));
    return (this.#ran.get(id) ?? this.#run(id)).exports;
  }

  #run(id: string): { readonly exports: unknown } {
    const definition = this.#defined.get(id);
    if (!definition) throw new Error(`The module "${id}" is not here.`);
    const module: { exports: unknown } = { exports: {} };
    this.#ran.set(id, module);
    this.styles.put(id, definition.css);
    const factory = this.#evaluate(definition);
    const outer = this.#running;
    this.#running = id;
    try {
      factory(this.#requireFor(id), module, module.exports);
    } catch (error) {
      // As in Node.js, what did not run to its end can be tried again.
      this.#ran.delete(id);
      throw error;
    } finally {
      this.#running = outer;
    }
    this.refresh.registerExports(module.exports, id);
    return module;
  }

  #requireFor(importer: string): Require {
    return (id) => {
      const importers = this.#importers.get(id) ?? new Set();
      this.#importers.set(id, importers.add(importer));
      return this.#require(id);
    };
  }

  /** The page's policy allows no `eval`; a script element with its nonce runs at once, and has a name. */
  #evaluate({ id, code }: LiveModule): Factory {
    const element = document.createElement("script");
    element.nonce = this.nonce;
    element.textContent = `__hivesync.define(function(require,module,exports){\n${code}\n})\n//# sourceURL=${MODULE_NAME}${encodeURI(id)}`;
    document.head.append(element);
    element.remove();
    const factory = this.#factory;
    this.#factory = null;
    if (!factory) throw new SyntaxError(`The module "${id}" could not be read.`);
    return factory;
  }
}
