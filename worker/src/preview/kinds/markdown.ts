/**
 * A Markdown file as GitHub shows it: GitHub's own dialect, and of HTML in the text what GitHub's own
 * allow-list lets through. No script of a text runs, although the frame would keep it apart from everything.
 */
import { fromHtml } from "hast-util-from-html";
import { defaultSchema, sanitize } from "hast-util-sanitize";
import { toHtml } from "hast-util-to-html";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import rehypeSlug from "rehype-slug";
import type { SourceManifest } from "../../contract.gen.ts";
import { WorkerError } from "../../errors.ts";
import { isRemote, takeApart } from "../html.ts";
import { directoryOf, joinPath } from "../paths.ts";
import type { Sources } from "../sources.ts";
import { planOfPage } from "./page.ts";
import type { Plan } from "./plan.ts";

/** A text that a person reads is far smaller; the parser's time grows with it. */
const TEXT_LENGTH = 512_000;
const STYLE = `
body { max-width: 44rem; margin: 0 auto; padding: 20px 16px 48px; font: 16px/1.6 system-ui, sans-serif; overflow-wrap: anywhere }
h1, h2 { padding-bottom: .3em; border-bottom: 1px solid #8884 } h1, h2, h3 { line-height: 1.25 }
img, video { max-width: 100% } a { color: LinkText }
pre, code { font: 14px/1.45 ui-monospace, monospace; background: #8882; border-radius: 6px }
code { padding: .15em .35em } pre { padding: 12px; overflow-x: auto } pre code { padding: 0; background: none }
blockquote { margin: 0; padding: 0 1em; border-left: 4px solid #8886; opacity: .85 }
table { display: block; overflow-x: auto; border-collapse: collapse } th, td { padding: 6px 12px; border: 1px solid #8886 }
li:has(> input[type=checkbox]) { list-style: none; margin-left: -1.4em }
hr { border: 0; border-top: 2px solid #8884 }`;

/** Footnotes bring their ids; there is no script of ours that a text's ids could confuse. */
const SCHEMA = { ...defaultSchema, clobberPrefix: "" };
const addHeadingIds = rehypeSlug();

export function planMarkdown(manifest: SourceManifest, sources: Sources): Plan {
  const { entry } = manifest;
  const root = directoryOf(entry);
  const body = markdownToHtml(readText(sources, entry));
  const assetPaths = takeApart(body)
    .references.filter((address) => !isRemote(address))
    .map((address) => joinPath(address.startsWith("/") ? "" : root, decoded(address)) ?? "")
    .filter((path) => sources.has(path));
  return planOfPage(manifest, sources, { root, title: entry, style: STYLE, body, assetPaths });
}

/** Give the text as HTML that runs nothing. */
export function markdownToHtml(text: string): string {
  const html = micromark(text, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
  });
  const tree = sanitize(fromHtml(html, { fragment: true }), SCHEMA) as ReturnType<typeof fromHtml>;
  addHeadingIds(tree);
  return toHtml(tree);
}

function readText(sources: Sources, file: string): string {
  const text = sources.text(file) ?? "";
  if (text.length <= TEXT_LENGTH) return text;
  const message = "The text is longer than 512 thousand characters.";
  const hint = "Split it into several files.";
  throw new WorkerError("PREVIEW_BUILD_FAILED", `${file}: ${message}`, { message, file, hint });
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address.replace(/[?#].*$/s, ""));
  } catch {
    return address;
  }
}
