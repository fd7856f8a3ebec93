/** Reads a body up to a limit. Anybody may send one, so no more than that is ever held. */
import { WorkerError } from "./errors.ts";

/** Give the bytes, or raise `PAYLOAD_TOO_LARGE` as soon as there are more than `limit`, announced or not. */
export async function readBody(message: Request | Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(message.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
  const body: ReadableStream<Uint8Array> | null = message.body;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    // Leaving the loop cancels the stream.
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return joined(chunks, size);
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

function tooLarge(limit: number): WorkerError {
  return new WorkerError("PAYLOAD_TOO_LARGE", `The body has more than ${limit} bytes.`);
}
