/** Turns saves into modules, one save after another, and keeps what the next phone needs of them. */
import type { CallbackError } from "../contract.gen.ts";
import { WorkerError } from "../errors.ts";
import { bundler } from "../preview/esbuild.ts";
import { NotLiving } from "../preview/living/compile.ts";
import type { CompiledModule } from "../preview/living/module.ts";
import type { Changes, Point, Save, SavedFile, ToPublisher } from "./messages.ts";
import { RoomProgram } from "./program.ts";
import type { RoomStore } from "./store.ts";

export interface Outcome {
  readonly answer: ToPublisher;
  /** What the phones are told; null if nothing has changed for them. */
  readonly changes: Changes | null;
}

export class Saves {
  #program: Promise<RoomProgram | null> | null = null;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly bucket: R2Bucket,
    private readonly store: RoomStore,
  ) {}

  /** Begin a version that was built as a whole. */
  begin(version: number): void {
    this.store.begin(version);
    this.#program = null;
  }

  /** Load what the next save needs. */
  async warm(): Promise<void> {
    await Promise.all([this.#load(), bundler.warm()]);
  }

  /** Give all that a phone needs which has seen everything up to that point. */
  changesAfter(seen: Point): Changes {
    const { version, seq: newest, problem } = this.store.facts;
    const modules = this.store
      .modulesAfter(seen.version === version ? seen.seq : 0)
      .map(({ id, code, css, map }) => ({ id, code, css, map }));
    return { version, seq: newest, modules, problem };
  }

  /** Take a save. The next one waits, since it builds on this one. */
  async take(save: Save): Promise<Outcome> {
    const outcome = this.#tail.then(() => this.#take(save));
    this.#tail = outcome.catch(() => undefined);
    return outcome;
  }

  async #take(save: Save): Promise<Outcome> {
    const program = save.version === this.store.facts.version ? await this.#load() : null;
    if (!program?.take(save.files)) return whole(save);
    const paths = save.files.map(({ path }) => path);
    const ids = new Set([...this.store.facts.broken, ...program.madeOf(paths)]);
    try {
      const modules = await program.compile([...ids]);
      return modules === null ? whole(save) : this.#succeed(save, modules);
    } catch (error) {
      if (error instanceof NotLiving) return whole(save);
      if (!(error instanceof WorkerError)) throw error;
      return this.#fail(save, [...ids], { ...error.diagnostic, code: error.code, message: error.detail });
    }
  }

  #succeed(save: Save, modules: readonly CompiledModule[]): Outcome {
    const before = this.store.facts;
    const seq = before.seq + 1;
    this.#keep(save.files, () => {
      this.store.keepModules(seq, modules);
      this.store.note({ saves: before.saves + 1, seq, problem: null, broken: [] });
    });
    const answer = { type: "saved", id: save.id, seq } as const;
    const isNews = modules.length > 0 || before.problem !== null;
    return { answer, changes: isNews ? this.changesAfter(before) : null };
  }

  #fail(save: Save, broken: readonly string[], problem: CallbackError): Outcome {
    const before = this.store.facts;
    this.#keep(save.files, () => {
      this.store.note({ saves: before.saves + 1, problem, broken });
    });
    return { answer: { type: "failed", id: save.id, error: problem }, changes: this.changesAfter(before) };
  }

  #keep(files: readonly SavedFile[], more: () => void): void {
    this.store.transaction(() => {
      this.store.keepFiles(files);
      more();
    });
  }

  /** Loaded once, and again after a sleep. What fails is tried again by the next save. */
  async #load(): Promise<RoomProgram | null> {
    const { previewId, projectId, version } = this.store.facts;
    if (version === 0) return null;
    this.#program ??= RoomProgram.load(
      this.bucket,
      { previewId, projectId, version },
      this.store.files(),
      this.store.modulesAfter(0),
    );
    try {
      return await this.#program;
    } catch (error) {
      this.#program = null;
      throw error;
    }
  }
}

function whole({ id }: Save): Outcome {
  return { answer: { type: "whole", id }, changes: null };
}
