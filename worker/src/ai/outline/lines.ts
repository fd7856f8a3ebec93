/** Reads a file of any other language line by line: by words that most languages define things with. */
import type { SymbolKind } from "../../contract.gen.ts";
import { extensionOf } from "../../preview/paths.ts";
import { MARKERS_MAX, markersIn, PARTS_MAX, signatureOf, type Part, type Reading } from "./reading.ts";

const LANGUAGES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{
      c: "C",
      h: "C",
      cc: "C++",
      cpp: "C++",
      hpp: "C++",
      cs: "C#",
      css: "CSS",
      dart: "Dart",
      ex: "Elixir",
    },
    ...{ exs: "Elixir", html: "HTML", json: "JSON", kt: "Kotlin", kts: "Kotlin", lua: "Lua", md: "Markdown" },
    ...{ php: "PHP", rb: "Ruby", scala: "Scala", scss: "SCSS", sh: "shell", sql: "SQL", swift: "Swift" },
    ...{ svelte: "Svelte", toml: "TOML", vue: "Vue", yaml: "YAML", yml: "YAML" },
  }),
);
const KINDS: ReadonlyMap<string, SymbolKind> = new Map<string, SymbolKind>([
  ...(["class", "struct", "object", "actor", "record"] as const).map((word) => [word, "class"] as const),
  ...(["interface", "trait", "protocol"] as const).map((word) => [word, "interface"] as const),
  ...(["module", "namespace", "extension", "mixin", "defmodule"] as const).map(
    (word) => [word, "module"] as const,
  ),
  ...(["func", "fun", "fn", "def", "defp", "function", "sub", "proc"] as const).map(
    (word) => [word, "function"] as const,
  ),
  ["enum", "enum"],
  ["typealias", "type"],
]);
const DEFINITION = new RegExp(
  String.raw`^(\s*)((?:(?:pub|public|private|protected|internal|static|final|abstract|open|override|async|export|default|data|sealed|suspend|inline|local|virtual|partial)\s+)*)` +
    String.raw`(${[...KINDS.keys()].join("|")})\s+(?:self\.)?([\p{L}_$][\p{L}\p{N}_$.]*(?:::[\p{L}\p{N}_$.]+)*[?!]?)`,
  "u",
);
const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/;
const COMMENT = /(?:\/\/|#|--|;|\/\*|<!--|%|^\s*\*)\s*(.*)$/;
const LINE_CHARACTERS = 1_000;

export function readLines(path: string, source: string): Reading {
  const suffix = extensionOf(path).slice(1);
  const lines = source.split("\n").map((line) => line.slice(0, LINE_CHARACTERS));
  const isProse = suffix === "md" || suffix === "mdx";
  const [find, read] = isProse ? [headingAt, withoutFences(lines)] : [definitionAt, lines];
  const markers = lines.flatMap((line, index) => markersIn(COMMENT.exec(line)?.[1] ?? "", index + 1));
  return {
    language: LANGUAGES.get(suffix) ?? "",
    doc: "",
    parts: withEnds(read.flatMap((line, index) => find(line, index + 1) ?? []).slice(0, PARTS_MAX), lines),
    imports: [],
    markers: markers.slice(0, MARKERS_MAX),
  };
}

/** Give prose with its code blocks blank: a comment in a shell script is no heading. */
function withoutFences(lines: readonly string[]): string[] {
  let fenced = false;
  return lines.map((line) => {
    const isFence = /^\s*(?:```|~~~)/.test(line);
    if (isFence) fenced = !fenced;
    return fenced || isFence ? "" : line;
  });
}

type Found = Part & { readonly depth: number };

const PLAIN = { container: "", doc: "", branches: 0, markup: false } as const;

function definitionAt(line: string, at: number): Found | null {
  const [, indent = "", modifiers = "", word = "", name = ""] = DEFINITION.exec(line) ?? [];
  const kind = KINDS.get(word);
  if (!kind) return null;
  const signature = signatureOf(line.replace(/[{:]\s*$/, ""));
  const exported = /\b(?:pub|public|export|open)\b/.test(modifiers);
  return { ...PLAIN, name, kind, lineStart: at, lineEnd: at, signature, exported, depth: indent.length };
}

function headingAt(line: string, at: number): Found | null {
  const [, signs = "", text = ""] = HEADING.exec(line) ?? [];
  if (text === "") return null;
  const own = { name: text.slice(0, 200), kind: "section", signature: "", exported: false } as const;
  return { ...PLAIN, ...own, lineStart: at, lineEnd: at, depth: signs.length };
}

/** A part ends where the next one of its depth or above begins, without the blank lines in between. */
function withEnds(found: readonly Found[], lines: readonly string[]): Part[] {
  return found.map(({ depth, ...part }, index) => {
    const next = found.slice(index + 1).find((other) => other.depth <= depth);
    let lineEnd = (next?.lineStart ?? lines.length + 1) - 1;
    while (lineEnd > part.lineStart && lines[lineEnd - 1]?.trim() === "") lineEnd -= 1;
    const holder = found.slice(0, index).findLast((other) => other.depth < depth);
    return { ...part, lineEnd, container: holder?.name ?? "" };
  });
}
