/**
 * Browsers refuse `<use href="/icons.svg#name">` in an opaque origin, so the file's drawings are put into the
 * page once and referred to there.
 */
import type { Assets } from "./assets.ts";

export class Sprites {
  readonly #loaded = new Map<string, Promise<void>>();

  constructor(private readonly assets: Assets) {}

  /** Give the reference to use now, and put in the right one when the drawings are in the page. */
  reference(element: Element, attribute: string, value: string): string {
    const [address = "", id] = value.split("#", 2);
    const url = address === "" || !id ? null : this.assets.urlOf(address);
    if (url === null || !id) return value;
    void this.#load(url).then(() => {
      element.setAttribute(attribute, `#${id}`);
    });
    return `#${id}`;
  }

  async #load(url: string): Promise<void> {
    const known = this.#loaded.get(url) ?? this.#insert(url);
    this.#loaded.set(url, known);
    return known;
  }

  async #insert(url: string): Promise<void> {
    const blob = await this.assets.blob(url);
    if (!blob) return;
    const parsed = new DOMParser().parseFromString(await blob.text(), "image/svg+xml").documentElement;
    const sprite = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    // Not `display: none`, which would take gradients and filters away with it.
    sprite.setAttribute("style", "position:absolute;width:0;height:0;overflow:hidden");
    sprite.setAttribute("aria-hidden", "true");
    sprite.append(...parsed.childNodes);
    // Beside the body: an app may replace all that is in it.
    document.documentElement.append(sprite);
  }
}
