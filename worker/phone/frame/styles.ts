/** The page's style sheets. Addresses of the project's files in them become those that they have here. */
import type { Assets } from "./assets.ts";

const ASSET_ADDRESS = /hivesync-asset:(\/[^"')\s]*)/g;

export class Styles {
  readonly #sheets = new Map<string, HTMLStyleElement>();

  constructor(private readonly assets: Assets) {}

  /** Show a sheet under a name, in the place of the one that was there; null takes it away. */
  put(name: string, css: string | null): void {
    const shown = this.#sheets.get(name);
    if (css === null) {
      shown?.remove();
      this.#sheets.delete(name);
      return;
    }
    const sheet = shown ?? document.createElement("style");
    sheet.textContent = css.replace(ASSET_ADDRESS, (_whole, url: string) => this.#address(url));
    if (shown) return;
    this.#sheets.set(name, sheet);
    document.head.append(sheet);
  }

  /** A fragment (`sprite.svg#name`) stays; a query, which fonts carry for old browsers, does not. */
  #address(url: string): string {
    const [address = "", fragment] = url.split("#", 2);
    const bare = address.replace(/\?.*$/, "");
    const href = this.assets.href(bare) ?? bare;
    return fragment ? `${href}#${fragment}` : href;
  }
}
