/**
 * Makes addresses such as `/logo.svg` work although nothing is served there: wherever the app or its markup
 * names one of its own files, the file's blob: address is put in its place.
 */
import type { Assets } from "./assets.ts";
import { Sprites } from "./sprites.ts";

/** Attributes that load something, by element. `*` holds for each element. */
const LOADING: Readonly<Record<string, readonly string[]>> = {
  img: ["src", "srcset"],
  source: ["src", "srcset"],
  video: ["src", "poster"],
  audio: ["src"],
  track: ["src"],
  embed: ["src"],
  object: ["data"],
  input: ["src"],
  image: ["href", "xlink:href"],
  feimage: ["href", "xlink:href"],
  use: ["href", "xlink:href"],
  "*": ["style"],
};

type Patched = readonly [prototype: object, property: string];

export function patchAddresses(assets: Assets): void {
  const rewriter = new Rewriter(assets);
  patchSetters(rewriter);
  patchSetAttribute(rewriter);
  patchFetch(assets);
  // For markup that comes in one piece: innerHTML, templates, cloned nodes.
  new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "attributes") rewriter.check(record.target as Element);
      else for (const node of record.addedNodes) rewriter.checkTree(node);
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: attributeNames() });
}

function attributeNames(): string[] {
  return [...new Set(Object.values(LOADING).flat())];
}

class Rewriter {
  readonly #sprites: Sprites;

  constructor(private readonly assets: Assets) {
    this.#sprites = new Sprites(assets);
  }

  /** Give the value to set instead of `value`, now; what still has to be fetched is set later. */
  value(element: Element, attribute: string, value: string): string {
    const tag = element.localName.toLowerCase();
    if (attribute === "style") return this.#style(element, value);
    if (!LOADING[tag]?.includes(attribute)) return value;
    if (attribute === "srcset") return this.#srcset(value);
    if (tag === "use") return this.#sprites.reference(element, attribute, value);
    return this.#address(value, (href) => {
      element.setAttribute(attribute, href);
    });
  }

  check(element: Element): void {
    const names = [...(LOADING[element.localName.toLowerCase()] ?? []), "style"];
    for (const name of names) {
      const before = element.getAttribute(name);
      if (before === null) continue;
      const after = this.value(element, name, before);
      if (after !== before) element.setAttribute(name, after);
    }
  }

  checkTree(node: Node): void {
    if (!(node instanceof Element)) return;
    this.check(node);
    for (const element of node.querySelectorAll(`${Object.keys(LOADING).join(",")}`)) this.check(element);
  }

  #address(value: string, later: (href: string) => void): string {
    const href = this.assets.href(value);
    if (href !== null) return href;
    const url = this.assets.urlOf(value);
    if (url === null) return value;
    void this.assets.blob(url).then(() => {
      const found = this.assets.href(value);
      if (found !== null) later(found);
    });
    return value;
  }

  #srcset(value: string): string {
    return value.replace(/(^|,\s*)([^\s,]+)/g, (_whole, before: string, address: string) => {
      return before + (this.assets.href(address) ?? address);
    });
  }

  #style(element: Element, value: string): string {
    if (!value.includes("url(")) return value;
    return value.replace(/url\(\s*(["']?)([^"')]+)\1\s*\)/g, (whole, _quote: string, address: string) => {
      const href = this.#address(address, () => {
        this.check(element);
      });
      return href === address ? whole : `url("${href}")`;
    });
  }
}

/** Properties such as `image.src = …`, which Preact and plain code use. */
function patchSetters(rewriter: Rewriter): void {
  const patched: readonly Patched[] = [
    [HTMLImageElement.prototype, "src"],
    [HTMLImageElement.prototype, "srcset"],
    [HTMLSourceElement.prototype, "src"],
    [HTMLSourceElement.prototype, "srcset"],
    [HTMLMediaElement.prototype, "src"],
    [HTMLVideoElement.prototype, "poster"],
    [HTMLTrackElement.prototype, "src"],
  ];
  for (const [prototype, property] of patched) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, property);
    if (!descriptor?.set) continue;
    const { set } = descriptor;
    Object.defineProperty(prototype, property, {
      ...descriptor,
      set(this: Element, value: unknown) {
        set.call(this, rewriter.value(this, property, String(value)));
      },
    });
  }
}

function patchSetAttribute(rewriter: Rewriter): void {
  const { setAttribute, setAttributeNS } = Element.prototype;
  Element.prototype.setAttribute = function (this: Element, name: string, value: string): void {
    setAttribute.call(this, name, rewriter.value(this, name.toLowerCase(), String(value)));
  };
  Element.prototype.setAttributeNS = function (this: Element, space: string | null, name: string, value: string): void {
    setAttributeNS.call(this, space, name, rewriter.value(this, name, String(value)));
  };
}

/** `fetch("/data.json")` gets the project's own file. */
function patchFetch(assets: Assets): void {
  const original = window.fetch.bind(window);
  window.fetch = async (input, init): Promise<Response> => {
    const address = input instanceof Request ? input.url : String(input);
    const url = assets.urlOf(address);
    const blob = url === null ? null : await assets.blob(url);
    return blob === null ? original(input, init) : new Response(blob, { headers: { "content-type": blob.type } });
  };
}
