/** Reads a file as a syntax tree. Broken code gives what could be read of it. */
import type { SyntaxNode, SyntaxNodeRef } from "@lezer/common";
import type { SymbolKind } from "../../contract.gen.ts";
import { docOf, fileDocOf } from "./documentation.ts";
import type { Grammar } from "./grammars.ts";
import { importsOf } from "./imports.ts";
import {
  Lines,
  MARKERS_MAX,
  markersIn,
  PARTS_MAX,
  signatureOf,
  type Marker,
  type Part,
  type PartKind,
  type Reading,
} from "./reading.ts";

type OpenPart = { -readonly [Key in keyof Part]: Part[Key] };

/** What the node at hand lies in; `part` is null for one that only lends its name. */
interface Frame {
  readonly type: string;
  readonly from: number;
  readonly name: string;
  readonly kind: PartKind;
  readonly part: OpenPart | null;
}

const FUNCTIONS = new Set(["ArrowFunction", "FunctionExpression"]);
const HOLDERS = new Set<PartKind>(["class", "interface", "enum", "module"]);

export function readTree(grammar: Grammar, source: string): Reading {
  const reader = new TreeReader(grammar, source);
  const tree = grammar.parser.parse(source);
  // With a cursor, not by recursion: a hostile file can nest as deep as it likes.
  tree.iterate({
    enter: (node) => {
      reader.enter(node);
    },
    leave: (node) => {
      reader.leave(node);
    },
  });
  return { ...reader.found(), language: grammar.language, doc: fileDocOf(tree.topNode, source) };
}

class TreeReader {
  readonly #parts: OpenPart[] = [];
  readonly #imports = new Set<string>();
  readonly #markers: Marker[] = [];
  readonly #frames: Frame[] = [];
  readonly #lines: Lines;

  constructor(
    private readonly grammar: Grammar,
    private readonly source: string,
  ) {
    this.#lines = new Lines(source);
  }

  found(): Pick<Reading, "parts" | "imports" | "markers"> {
    return { parts: this.#parts, imports: [...this.#imports], markers: this.#markers };
  }

  enter(node: SyntaxNodeRef): void {
    const { grammar } = this;
    if (this.#forks(node)) this.#inPart((part) => (part.branches += 1));
    if (node.name.startsWith("JSX")) this.#inPart((part) => (part.markup = true));
    if (node.name.endsWith("Comment")) this.#mark(node);
    if (grammar.imports.has(node.name)) {
      for (const name of importsOf(node.node, this.source)) this.#imports.add(name);
    }
    const frame = grammar.scopes.has(node.name) ? this.#scope(node.node) : this.#part(node);
    if (frame) this.#frames.push(frame);
  }

  leave(node: SyntaxNodeRef): void {
    const top = this.#frames.at(-1);
    if (top?.type === node.name && top.from === node.from) this.#frames.pop();
  }

  #forks(node: SyntaxNodeRef): boolean {
    if (node.name !== "LogicOp") return this.grammar.branches.has(node.name);
    return /^(?:&&|\|\||\?\?)$/.test(this.#text(node));
  }

  #inPart(change: (part: OpenPart) => void): void {
    const part = this.#frames.findLast((frame) => frame.part)?.part;
    if (part) change(part);
  }

  #mark(node: SyntaxNodeRef): void {
    if (this.#markers.length >= MARKERS_MAX) return;
    this.#markers.push(...markersIn(this.#text(node), this.#lines.at(node.from)));
  }

  #scope(node: SyntaxNode): Frame {
    const names = childrenOf(node).filter((child) => this.grammar.names.has(child.name));
    const last = names.at(-1);
    return frame(node, last ? this.#text(last) : "", "class", null);
  }

  #part(node: SyntaxNodeRef): Frame | null {
    const declared = this.grammar.parts[node.name];
    const holder = this.#frames.at(-1);
    if (!declared || this.#parts.length >= PARTS_MAX || (holder && !HOLDERS.has(holder.kind))) return null;
    const children = childrenOf(node.node);
    const name = this.#nameOf(node, children);
    const kind = kindOf(node, declared, children, holder?.kind);
    if (name === "" || kind === null) return null;
    if (kind === "constant" && (holder || !this.grammar.constants.test(name))) return null;
    const whole = this.#whole(node.node);
    const part: OpenPart = {
      name,
      kind,
      container: holder?.name ?? "",
      lineStart: this.#lines.at(whole.from),
      lineEnd: this.#lines.at(whole.from + this.#text(whole).trimEnd().length),
      signature: signatureOf(
        kind === "constant"
          ? this.#text(node)
          : this.source.slice(node.from, bodyStart(this.grammar, node.node)),
      ),
      doc: docOf(whole, node.node, this.source),
      exported: !holder && isExported(this.grammar, whole, children, name, this.source),
      branches: 0,
      markup: false,
    };
    this.#parts.push(part);
    return frame(node, name, kind, part);
  }

  #nameOf(node: SyntaxNodeRef, children: readonly SyntaxNode[]): string {
    const named = children.find((child) => this.grammar.names.has(child.name));
    if (named) return this.#text(named);
    return node.node.parent?.name === "ExportDeclaration" || children[0]?.name === "constructor"
      ? "default"
      : "";
  }

  #whole(node: SyntaxNode): SyntaxNode {
    const { parent } = node;
    const wraps = parent !== null && this.grammar.wrappers.has(parent.name);
    return wraps && parent.getChildren(node.name).length === 1 ? parent : node;
  }

  #text({ from, to }: { readonly from: number; readonly to: number }): string {
    return this.source.slice(from, to);
  }
}

function frame(
  { name: type, from }: { readonly name: string; readonly from: number },
  name: string,
  kind: PartKind,
  part: OpenPart | null,
): Frame {
  return { type, from, name, kind, part };
}

/** Give what a definition is, or null for one that is nothing of its own, such as a plain property. */
function kindOf(
  node: SyntaxNodeRef,
  declared: SymbolKind,
  children: readonly SyntaxNode[],
  holder: PartKind | undefined,
): SymbolKind | null {
  const isFunction = children.some((child) => FUNCTIONS.has(child.name));
  if (node.name === "PropertyDeclaration") return isFunction ? "method" : null;
  if (node.name === "VariableDeclaration" && isFunction) return "function";
  if (node.name === "VariableDeclaration" && children.some(({ name }) => name === "ClassExpression"))
    return "class";
  if (declared === "function" && (holder === "class" || holder === "interface")) return "method";
  return declared;
}

/** Give where the head of a definition ends; a function that is a value has its head in front of its body. */
function bodyStart({ bodies }: Grammar, node: SyntaxNode): number {
  const value = childrenOf(node).find((child) => FUNCTIONS.has(child.name));
  const body = childrenOf(value ?? node).find((child) => bodies.has(child.name));
  return body?.from ?? node.to;
}

function isExported(
  { language }: Grammar,
  whole: SyntaxNode,
  children: readonly SyntaxNode[],
  name: string,
  source: string,
): boolean {
  if (language === "Python") return !name.startsWith("_");
  if (language === "Go") return /^\p{Lu}/u.test(name);
  if (children.some((child) => child.name === "Vis")) return true;
  const modifiers = children.find((child) => child.name === "Modifiers");
  if (modifiers) return /\bpublic\b/.test(source.slice(modifiers.from, modifiers.to));
  return whole.name === "ExportDeclaration";
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}
