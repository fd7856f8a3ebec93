/**
 * Makes addresses such as `/logo.svg` work although nothing is served there: wherever the app or its markup
 * names one of its own files, the file's blob: address is put in its place.
 */
/* eslint-disable @typescript-eslint/unbound-method -- patched methods are called with the element they got */
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

const LOADING_ELEMENTS = [...Object.keys(LOADING).filter((name) => name !== "*"), "[style*='url(']"].join(
  ",",
);
const MARKUP_LOADS = /<(img|source|video|audio|track|embed|object|input|image|feimage|use)\b|url\(/i;

/** In these, markup is plain text. */
const RAW_TEXT = new Set(["style", "script", "textarea", "title"]);
/** As the browser made it, before we put ours in its place. */
const INNER_HTML = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");

type Patched = readonly [prototype: object, property: string];

export function patchAddresses(assets: Assets): void {
  const rewriter = new Rewriter(assets);
  patchSetters(rewriter);
  patchSetAttribute(rewriter);
  patchMarkup(rewriter);
  patchFetch(assets);
  // For what comes in no other way: templates, cloned nodes, parsed documents.
  new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "attributes") rewriter.check(record.target as Element);
      else for (const node of record.addedNodes) rewriter.checkTree(node);
    }
  }).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: attributeNames(),
  });
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
    if (!(node instanceof Element || node instanceof DocumentFragment)) return;
    if (node instanceof Element) this.check(node);
    for (const element of node.querySelectorAll(LOADING_ELEMENTS)) this.check(element);
  }

  /** Give the markup with its addresses put right; what has none comes back as it is. */
  markup(value: string): string {
    if (!MARKUP_LOADS.test(value)) return value;
    // A template's content is inert: nothing in it is loaded.
    const template = document.createElement("template");
    INNER_HTML?.set?.call(template, value);
    this.checkTree(template.content);
    return template.innerHTML;
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
  Element.prototype.setAttribute = function (this: Element, name: string, value: unknown): void {
    setAttribute.call(this, name, rewriter.value(this, name.toLowerCase(), String(value)));
  };
  Element.prototype.setAttributeNS = function (
    this: Element,
    space: string | null,
    name: string,
    value: unknown,
  ): void {
    setAttributeNS.call(this, space, name, rewriter.value(this, name, String(value)));
  };
}

/** Markup in one piece. Put right before it is parsed, or the browser would ask for the wrong addresses first. */
function patchMarkup(rewriter: Rewriter): void {
  Object.defineProperty(Element.prototype, "innerHTML", {
    ...INNER_HTML,
    set(this: Element, value: string | null) {
      INNER_HTML?.set?.call(this, RAW_TEXT.has(this.localName) ? value : rewriter.markup(value ?? ""));
    },
  });
  const { insertAdjacentHTML } = Element.prototype;
  Element.prototype.insertAdjacentHTML = function (
    this: Element,
    where: InsertPosition,
    value: string,
  ): void {
    insertAdjacentHTML.call(this, where, rewriter.markup(value));
  };
}

/** `fetch("/data.json")` gets the project's own file. */
function patchFetch(assets: Assets): void {
  const original = window.fetch.bind(window);
  window.fetch = async (input, init): Promise<Response> => {
    const address = input instanceof Request ? input.url : input instanceof URL ? input.href : input;
    const url = assets.urlOf(address);
    const blob = url === null ? null : await assets.blob(url);
    return blob === null
      ? original(input, init)
      : new Response(blob, { headers: { "content-type": blob.type } });
  };
}
