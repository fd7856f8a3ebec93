/** Finds what a file says about itself: its comments in front of definitions, and docstrings inside them. */
import type { SyntaxNode } from "@lezer/common";
import { paragraphOf } from "./reading.ts";

/** Comments that speak to tools and lawyers, and not to a reader. */
const NOT_PROSE =
  /^(?:#!|.{0,4}(?:eslint|prettier|@ts-|copyright|spdx|license|@license|-\*-|noqa|type:|pylint))/i;

/** Give the documentation of a definition; `whole` is the node with what is wrapped around it. */
export function docOf(whole: SyntaxNode, node: SyntaxNode, source: string): string {
  return docstringIn(node.getChild("Body"), source) || paragraphOf(commentsBefore(whole, source));
}

/** Give what the file says about itself, at its top. */
export function fileDocOf(top: SyntaxNode, source: string): string {
  const docstring = docstringIn(top, source);
  if (docstring) return docstring;
  let comment = top.firstChild;
  while (comment && isComment(comment) && NOT_PROSE.test(source.slice(comment.from, comment.to))) {
    comment = comment.nextSibling;
  }
  if (!comment || !isComment(comment)) return "";
  const last = lastOfRun(comment, source);
  const next = last.nextSibling;
  const isOfNext = next && adjoin(last, next, source) && !next.name.startsWith("Import");
  return isOfNext ? "" : paragraphOf(source.slice(comment.from, last.to));
}

function docstringIn(body: SyntaxNode | null, source: string): string {
  if (!body) return "";
  let first = body.firstChild;
  while (first && (first.name === ":" || isComment(first))) first = first.nextSibling;
  const text = first?.name === "ExpressionStatement" ? first.getChild("String") : null;
  return text?.from === first?.from && text ? paragraphOf(source.slice(text.from, text.to)) : "";
}

function commentsBefore(node: SyntaxNode, source: string): string {
  let first: SyntaxNode | null = null;
  let next = node;
  for (let previous = node.prevSibling; previous; previous = previous.prevSibling) {
    if (!isComment(previous) || !adjoin(previous, next, source)) break;
    first = next = previous;
    if (previous.name === "BlockComment") break;
  }
  const text = first ? source.slice(first.from, node.from).trim() : "";
  return NOT_PROSE.test(text) ? "" : text;
}

function lastOfRun(first: SyntaxNode, source: string): SyntaxNode {
  let last = first;
  for (
    let next = first.nextSibling;
    next && isComment(next) && adjoin(last, next, source);
    next = next.nextSibling
  ) {
    last = next;
  }
  return last;
}

function isComment(node: SyntaxNode): boolean {
  return node.name.endsWith("Comment");
}

/** Tell whether the second begins in the line in which the first ends, or in the next. */
function adjoin(first: SyntaxNode, second: SyntaxNode, source: string): boolean {
  return /^[^\S\n]*\n?[^\S\n]*$/.test(source.slice(first.to, second.from));
}
