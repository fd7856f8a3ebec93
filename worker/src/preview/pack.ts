/** Cuts a pack (many small files in one object) back into files while it streams in. */
import { WorkerError } from "../errors.ts";

export class PackReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Give the next `size` bytes; a pack that ends early raises `SOURCE_CHANGED`. */
  async take(size: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(size);
    for (let filled = 0; filled < size;) {
      if (this.#rest.length === 0) await this.#refill();
      const piece = this.#rest.subarray(0, size - filled);
      bytes.set(piece, filled);
      filled += piece.length;
      this.#rest = this.#rest.subarray(piece.length);
    }
    return bytes;
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }

  async #refill(): Promise<void> {
    const { done, value } = await this.#reader.read();
    if (done) throw new WorkerError("SOURCE_CHANGED", "An upload is incomplete. Start the preview again.");
    this.#rest = value;
  }
}
