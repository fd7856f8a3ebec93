/**
 * Fetches preludes for the frame. The frame can't do it: browsers keep no cache for an opaque origin, and it
 * would load some hundred kilobytes again for every version.
 */
import type { PreludeCode } from "../messages.ts";
import { Refused, request } from "./api.ts";

export class Preludes {
  readonly #codes = new Map<string, Promise<PreludeCode>>();

  /** Give a prelude; what was asked for earlier is at hand or on its way. */
  async load(url: string): Promise<PreludeCode> {
    const started = this.#codes.get(url) ?? fetchPrelude(url);
    this.#codes.set(url, started);
    try {
      return await started;
    } catch (error) {
      this.#codes.delete(url);
      throw error;
    }
  }

  /** Begin to load what will be wanted. A failure is told to whoever then wants it. */
  expect(urls: readonly string[]): void {
    for (const url of urls) void this.load(url).catch(() => undefined);
  }
}

async function fetchPrelude(url: string): Promise<PreludeCode> {
  try {
    return { url, code: await (await request(url, {})).text() };
  } catch (error) {
    if (error instanceof Refused) throw new Refused(500, "INTERNAL_ERROR", OUTDATED);
    throw error;
  }
}

const OUTDATED = "This version was built by an earlier release of HiveSync. Start the preview again.";
