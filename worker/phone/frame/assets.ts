/**
 * The project's files, by the address that they have on its own dev server. An opaque origin can fetch nothing
 * that needs a token, so bytes come from the page and are shown through blob: addresses.
 */
import type { AssetBytes } from "../messages.ts";

/** No such host exists: addresses that end up here are the project's own. */
const HOST = "preview.invalid";

export class Assets {
  readonly #blobs = new Map<string, { readonly blob: Blob; readonly href: string }>();
  readonly #more = new Set<string>();
  readonly #waiting = new Map<string, ((blob: Blob | null) => void)[]>();

  /** Address of the page, from which relative ones count. */
  #page = "/";

  constructor(private readonly ask: (url: string) => void) {}

  get page(): string {
    return this.#page;
  }

  /** From now on relative addresses are those of this page. */
  countFrom(page: string): void {
    this.#page = page;
  }

  add({ url, type, bytes }: AssetBytes): void {
    const blob = new Blob([bytes], { type });
    this.#blobs.set(url, { blob, href: URL.createObjectURL(blob) });
  }

  announce(urls: readonly string[]): void {
    for (const url of urls) this.#more.add(url);
  }

  /** Give the address to use for one of the project's files, or null when it is not here (yet). */
  href(address: string): string | null {
    const url = this.urlOf(address);
    return (url !== null && this.#blobs.get(url)?.href) || null;
  }

  /** Give the project's address of a file that exists, whether it is here or can be asked for. */
  urlOf(address: string): string | null {
    if (/^(data|blob|about|javascript|mailto|tel):/i.test(address)) return null;
    const parsed = parse(address, `http://${HOST}${encodeURI(this.#page)}`);
    if (!parsed || (parsed.host !== HOST && parsed.host !== location.host)) return null;
    const url = decodePath(parsed.pathname);
    return this.#blobs.has(url) || this.#more.has(url) ? url : null;
  }

  /** Give the bytes of one of the project's files, asking the page for them if need be. */
  async blob(url: string): Promise<Blob | null> {
    const held = this.#blobs.get(url);
    if (held) return held.blob;
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(url);
      if (waiting) {
        waiting.push(resolve);
        return;
      }
      this.#waiting.set(url, [resolve]);
      this.ask(url);
    });
  }

  receive(url: string, asset: AssetBytes | null): void {
    if (asset) this.add(asset);
    this.#more.delete(url);
    const blob = this.#blobs.get(url)?.blob ?? null;
    for (const resolve of this.#waiting.get(url) ?? []) resolve(blob);
    this.#waiting.delete(url);
  }
}

/** `URL.parse` is younger than many phones. */
function parse(address: string, base: string): URL | null {
  try {
    return new URL(address, base);
  } catch {
    return null;
  }
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
