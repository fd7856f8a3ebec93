/** Names what a file draws on, as the file itself writes it. */
import type { SyntaxNode } from "@lezer/common";

const RULES: Readonly<Record<string, RegExp>> = {
  // Python: `from .a import b` names one module, `import a, b as c` several.
  ImportStatement: /^from\s+(\.*[\w.]*)|^import\s+(.+)$/s,
  // Java: `import static a.b.C;` and Rust: `use a::b::{c, d};`, as far as the name goes.
  ImportDeclaration: /^import\s+(?:static\s+)?([\w.]+)/,
  CallExpression: /^require\(\s*["'`]([^"'`]{1,200})/,
  UseDeclaration: /^(?:pub\s+)?use\s+([\w:]+?)(?:::)?(?:[{*;\s]|$)/,
};

/** Give the modules that an import names: most languages write a string, the others a path. */
export function importsOf(node: SyntaxNode, source: string): string[] {
  const strings = node.getChildren("String").map(({ from, to }) => source.slice(from + 1, to - 1));
  if (strings.length > 0) return strings;
  const found = RULES[node.name]?.exec(source.slice(node.from, node.to));
  const names = found?.[1] ?? found?.[2] ?? "";
  return names
    .split(",")
    .map((name) => name.replace(/\s+as\s+.*/s, "").trim())
    .filter((name) => name !== "");
}
