/**
 * The bundler of this isolate: esbuild compiled to WebAssembly. One build at a time, with a deadline, and a
 * fresh instance after a build that broke it, and before its memory (which never shrinks) grows too large for
 * the isolate's 128 MB.
 */
import {
  build,
  initialize,
  stop,
  transform,
  type BuildOptions,
  type BuildResult,
  type TransformOptions,
} from "../../dist/esbuild.js";
import wasmModule from "esbuild-wasm/esbuild.wasm";
import { TIMED_OUT, withinDeadline } from "../deadline.ts";
import { WorkerError } from "../errors.ts";
import { isBuildFailure } from "./diagnostics.ts";

type Output = BuildResult<BuildOptions & { write: false }>;

const DEADLINE_MS = 30_000;
/** After a build of this size the instance holds some 50 MB that it would never give back. */
const LARGE_SOURCE_BYTES = 1024 * 1024;
/** Small builds reuse each other's memory: by the thousand they hold 17 MB, while these in pieces of any size hold 85. */
const SOURCE_BYTES_MAX = 4 * 1024 * 1024;

class Bundler {
  #ready: Promise<void> | null = null;
  /** All that this instance has built. */
  #sourceBytes = 0;
  #tail: Promise<unknown> = Promise.resolve();

  /** `bytesRead` tells, when the build has ended, how much source it held in memory. */
  async build(options: BuildOptions & { write: false }, bytesRead: () => number): Promise<Output> {
    return this.#inTurn(() => build(options), bytesRead);
  }

  /** Start the instance, if there is none: it takes as long as a build, which should find it ready. */
  async warm(): Promise<void> {
    await this.check("", { loader: "js" });
  }

  /** Raise a build failure if the code is not valid. */
  async check(code: string, options: TransformOptions): Promise<void> {
    await this.#inTurn(
      () => transform(code, options),
      () => code.length,
    );
  }

  async #inTurn<Result>(run: () => Promise<Result>, bytesRead: () => number): Promise<Result> {
    const result = this.#runAfter(this.#tail, run, bytesRead);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #runAfter<Result>(
    turn: Promise<unknown>,
    run: () => Promise<Result>,
    bytesRead: () => number,
  ): Promise<Result> {
    // A build whose own request was cut off never ends: the next one waits for it only so long.
    if ((await withinDeadline(turn, DEADLINE_MS)) === TIMED_OUT) this.#recycle();
    try {
      await this.#start();
      const result = await withinDeadline(run(), DEADLINE_MS);
      if (result === TIMED_OUT) throw new WorkerError("PREVIEW_BUILD_FAILED", TOO_LONG);
      this.#count(bytesRead());
      return result;
    } catch (error) {
      // What esbuild says about the project's code left it whole; after anything else (a stack that ran over,
      // no memory) it answers no build any more, of whichever project.
      if (isBuildFailure(error)) this.#count(bytesRead());
      else this.#recycle();
      throw error;
    }
  }

  async #start(): Promise<void> {
    this.#ready ??= initialize({ wasmModule, worker: false });
    await this.#ready;
  }

  #count(bytes: number): void {
    this.#sourceBytes += bytes;
    if (bytes > LARGE_SOURCE_BYTES || this.#sourceBytes > SOURCE_BYTES_MAX) this.#recycle();
  }

  #recycle(): void {
    if (this.#ready !== null) void stop();
    this.#ready = null;
    this.#sourceBytes = 0;
  }
}

const TOO_LONG = "The build took too long and was stopped.";

/** The isolate has one, like the WebAssembly memory behind it. */
export const bundler = new Bundler();
