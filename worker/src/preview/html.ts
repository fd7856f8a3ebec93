/** Takes a project's HTML apart: what the bundler gets, and what stays markup. Knows no project files. */
import { html, parse, serialize, type DefaultTreeAdapterTypes as Tree } from "parse5";
import type { ClassicScript } from "./artifact.ts";

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** In document order: a reference to a local file, or code that stands in the page. */
export interface Piece {
  readonly type: "script" | "style";
  readonly src?: string;
  readonly code?: string;
  readonly place: Place;
}

/** A classic script, which runs before the modules; a local one is still to be read. */
export type ClassicPiece = ClassicScript & { readonly place: Place };

export interface HtmlParts {
  readonly title: string;
  readonly htmlAttributes: Record<string, string>;
  readonly bodyAttributes: Record<string, string>;
  readonly head: string;
  readonly body: string;
  readonly pieces: readonly Piece[];
  readonly classicScripts: readonly ClassicPiece[];
  /** Addresses of images and other media in the markup. */
  readonly references: readonly string[];
  /** Addresses that the page's links lead to. */
  readonly links: readonly string[];
}

const SCRIPT_TYPES = new Set(["", "text/javascript", "application/javascript"]);
const REFERENCES = new Set(["src", "poster", "data"]);
const LINKS = new Set(["a", "area"]);

/** Elements of the head that mean nothing inside a preview, or would change what its addresses mean. */
const DROPPED_FROM_HEAD = new Set(["title", "base"]);
const DROPPED_LINKS = /\b(icon|modulepreload|preload|prefetch|manifest|apple-touch-icon|canonical)\b/i;

export function takeApart(text: string): HtmlParts {
  const document = parse(text, { sourceCodeLocationInfo: true });
  const root = child(document, "html");
  const [head, body] = [child(root, "head"), child(root, "body")];
  const found: Found = { title: "", pieces: [], classicScripts: [], references: [], links: [] };
  collect(head, found);
  collect(body, found);
  return {
    ...found,
    title: found.title.trim(),
    htmlAttributes: attributesOf(root),
    bodyAttributes: attributesOf(body),
    head: serialize(head).trim(),
    body: serialize(body).trim(),
  };
}

interface Found {
  title: string;
  readonly pieces: Piece[];
  readonly classicScripts: ClassicPiece[];
  readonly references: string[];
  readonly links: string[];
}

/** The parser always makes html, head and body. */
function child(parent: Tree.ParentNode, name: string): Tree.Element {
  const found = parent.childNodes.find((node) => node.nodeName === name);
  if (!found) throw new Error(`parse5 gave no <${name}>`);
  return found as Tree.Element;
}

/** Walk the tree, taking out what the bundler gets. */
function collect(parent: Tree.ParentNode, found: Found): void {
  parent.childNodes = parent.childNodes.filter((node) => {
    if (!("tagName" in node)) return true;
    if (take(node, found)) return false;
    for (const { name, value } of node.attrs) {
      if (REFERENCES.has(name)) found.references.push(value);
      if (name === "href" && LINKS.has(node.tagName)) found.links.push(value);
    }
    collect("content" in node ? node.content : node, found);
    return true;
  });
}

/** Tell whether the element leaves the markup. */
function take(element: Tree.Element, found: Found): boolean {
  const attributes = attributesOf(element);
  switch (element.tagName) {
    case "script":
      return takeScript(element, attributes, found);
    case "style":
      found.pieces.push({ type: "style", code: codeOf(element), place: placeOf(element) });
      return true;
    case "link":
      return takeLink(element, attributes, found);
    case "title":
      // An SVG may have a title too, which stays.
      if (element.namespaceURI !== html.NS.HTML) return false;
      found.title ||= textOf(element);
      return true;
    default:
      return DROPPED_FROM_HEAD.has(element.tagName) || isPolicy(element, attributes);
  }
}

/** The project's own CSP knows neither our addresses nor our nonce. */
function isPolicy(element: Tree.Element, attributes: Record<string, string>): boolean {
  return element.tagName === "meta" && attributes["http-equiv"] !== undefined;
}

function takeScript(element: Tree.Element, attributes: Record<string, string>, found: Found): boolean {
  const type = (attributes["type"] ?? "").trim().toLowerCase();
  const place = placeOf(element);
  const src = attributes["src"];
  const content = src === undefined ? { code: codeOf(element) } : { src };
  if (type === "module") found.pieces.push({ type: "script", ...content, place });
  else if (SCRIPT_TYPES.has(type) && attributes["nomodule"] === undefined)
    found.classicScripts.push({ ...content, place });
  // Data blocks (JSON, templates, import maps) stay where they are; they don't run.
  else return attributes["nomodule"] !== undefined;
  return true;
}

function takeLink(element: Tree.Element, attributes: Record<string, string>, found: Found): boolean {
  const rel = attributes["rel"] ?? "";
  const href = attributes["href"] ?? "";
  if (!/\bstylesheet\b/i.test(rel)) return DROPPED_LINKS.test(rel);
  if (isRemote(href)) return false;
  found.pieces.push({ type: "style", src: href, place: placeOf(element) });
  return true;
}

export function isRemote(address: string): boolean {
  return /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(address);
}

function attributesOf(element: Tree.Element): Record<string, string> {
  return Object.fromEntries(element.attrs.map(({ name, value }) => [name, value]));
}

function textOf(element: Tree.Element): string {
  return element.childNodes.map((node) => ("value" in node ? node.value : "")).join("");
}

/** Give an element's code at the line and column at which it stands in the page, for errors that name a place. */
function codeOf(element: Tree.Element): string {
  const location = element.childNodes[0]?.sourceCodeLocation;
  return (
    "\n".repeat((location?.startLine ?? 1) - 1) + " ".repeat((location?.startCol ?? 1) - 1) + textOf(element)
  );
}

function placeOf(element: Tree.Element): Place {
  const location = element.sourceCodeLocation;
  return { line: location?.startLine ?? 1, column: location?.startCol ?? 1 };
}
