/** The modules of a live version with all that has changed since, as a frame would start from them now. */
import type { LiveModule, LiveProgram } from "../../src/preview/living/module.ts";
import type { Changes } from "../../src/room/messages.ts";

export class Living {
  readonly #modules = new Map<string, LiveModule>();
  readonly #maps = new Map<string, string>();
  #seq = 0;

  constructor(
    readonly version: number,
    private readonly base: LiveProgram,
  ) {
    for (const module of base.modules) this.#modules.set(module.id, module);
  }

  /** Up to which save this is. */
  get seq(): number {
    return this.#seq;
  }

  get program(): LiveProgram {
    return { entry: this.base.entry, modules: [...this.#modules.values()] };
  }

  /** Take over changes; give the modules that are new, or null if there is nothing new for this version. */
  take({ version, seq, modules }: Changes): readonly LiveModule[] | null {
    if (version !== this.version || seq <= this.#seq) return null;
    this.#seq = seq;
    for (const { map, ...module } of modules) {
      this.#modules.set(module.id, module);
      this.#maps.set(module.id, map);
    }
    return modules.map(({ id, code, css }) => ({ id, code, css }));
  }

  /** Give the source map of a module that was saved since the version was built. */
  mapOf(id: string): string | undefined {
    return this.#maps.get(id);
  }
}
