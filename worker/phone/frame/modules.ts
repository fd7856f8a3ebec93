/** Where preludes put their modules and bundles take them. */

export class Modules {
  readonly #known = new Map<string, unknown>();

  register(name: string, module: unknown): void {
    this.#known.set(name, module);
  }

  has(name: string): boolean {
    return this.#known.has(name);
  }

  module(name: string): unknown {
    if (!this.#known.has(name)) throw new Error(`The module "${name}" did not load.`);
    return this.#known.get(name);
  }
}
