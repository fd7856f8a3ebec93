import { describe, expect, it } from "vitest";
import type { Neighbour, Selection } from "../../src/contract.gen.ts";
import { outlineOf } from "../../src/ai/outline/outline.ts";
import { Subject } from "../../src/ai/subject.ts";

const SHOP = `/** The shop's front page. */
import { useState } from "react";
import { total } from "./total";

export interface Item { price: number }
const CURRENCY = "EUR";

/**
 * Adds up what is in the basket.
 *
 * @param items what is in it
 */
export async function sum(items: Item[], discount = 0): Promise<number> {
  if (items.length === 0 && discount) return 0;
  for (const item of items) { if (item.price > 3) break; }
  return items.length > 2 ? 1 : 2; // TODO: round
}
export const useBasket = () => useState<Item[]>([]);
export default function App({ title }: { title: string }) {
  const onPress = () => { if (title) total(); };
  return <button onClick={onPress}>{title && <b>{title}</b>}</button>;
}
class Store extends Map<string, Item> {
  #size = 1;
  /** Gives one. */
  static async load(name: string) { try { await fetch(name); } catch {} }
  close = () => { while (this.#size) {} };
}
export * from "./more";
const legacy = require("./legacy");
`;

function outlined(path: string, source: string, selection: Selection | null = null, near: Neighbour[] = []) {
  return outlineOf(new Subject(path, source, selection, near));
}

/** Give symbol, lines and text of each part, as one line. */
function parts(path: string, source: string): string[] {
  return outlined(path, source).explanations.map(
    ({ symbol, line_start, line_end, text }) =>
      `${symbol} ${line_start}-${line_end} ${text.replace(/\n+/g, " ")}`,
  );
}

describe("the outline of a TypeScript file with JSX", () => {
  it("says what is in it, with what it says of itself", () => {
    expect(outlined("src/App.tsx", SHOP).summary).toBe(
      "The shop's front page.\n\n`App.tsx`: 30 lines of TypeScript with JSX, with 1 interface, 2 constants, " +
        "1 function, 1 hook, 1 component, 1 class and 2 methods.",
    );
  });

  it("tells what it depends on, what depends on it, and what is open", () => {
    const user = { path: "src/main.tsx", relation: "imported_by", content: "" } as const;
    expect(outlined("src/App.tsx", SHOP, null, [user]).key_concepts).toEqual([
      "Exports `Item`, `sum`, `useBasket` and `App`",
      "Uses `react`, `./total`, `./more` and `./legacy`",
      "Used by `src/main.tsx`",
      "Most branches: `sum` (lines 13–17), 5 branches",
      "Line 16: TODO: round",
    ]);
  });

  it("goes through its parts", () => {
    expect(parts("src/App.tsx", SHOP)).toEqual([
      "Item 5-5 Exported interface: `interface Item`",
      'CURRENCY 6-6 Constant: `const CURRENCY = "EUR";`',
      "sum 13-17 Exported function, 5 lines, 5 branches: " +
        "`async function sum(items: Item[], discount = 0): Promise<number>` > Adds up what is in the basket.",
      "useBasket 18-18 Exported hook: `const useBasket = ()`",
      "App 19-22 Exported component, 4 lines, 2 branches: `function App({ title }: { title: string })`",
      "Store 23-28 Class, 6 lines: `class Store extends Map<string, Item>`",
      "Store.load 26-26 Method, 1 branch: `static async load(name: string)` > Gives one.",
      "Store.close 27-27 Method, 1 branch: `close = ()`",
      'legacy 30-30 Constant: `const legacy = require("./legacy");`',
    ]);
  });

  it("keeps to a selection", () => {
    const { summary, key_concepts, explanations } = outlined("src/App.tsx", SHOP, {
      line_start: 16,
      line_end: 18,
    });
    expect(summary).toBe(
      "Lines 16–18 of `App.tsx`: 30 lines of TypeScript with JSX. In them: 1 function and 1 hook.",
    );
    expect(key_concepts.at(-1)).toBe("Line 16: TODO: round");
    expect(explanations.map(({ symbol }) => symbol)).toEqual(["sum", "useBasket"]);
  });
});

describe("the outline of another language", () => {
  it("reads Python with its docstrings", () => {
    const source = `"""Reads orders."""
from .a import b
import os, sys as s

LIMIT = 3

@cached
def load(path: str) -> list[int]:
    """Load them.

    More."""
    return [x for x in open(path) if x and path]

class Order(Base):
    # FIXME: slow
    def total(self):
        try:
            pass
        except E:
            pass
`;
    expect(outlined("orders.py", source).summary).toMatch(
      /^Reads orders\.\n\n`orders\.py`: 20 lines of Python/,
    );
    expect(outlined("orders.py", source).key_concepts).toEqual([
      "Exports `LIMIT`, `load` and `Order`",
      "Uses `.a`, `os` and `sys`",
      "Most branches: `load` (lines 7–12), 3 branches",
      "Line 15: FIXME: slow",
    ]);
    expect(parts("orders.py", source)).toEqual([
      "LIMIT 5-5 Exported constant: `LIMIT = 3`",
      "load 7-12 Exported function, 6 lines, 3 branches: `def load(path: str) -> list[int]` > Load them.",
      "Order 14-20 Exported class, 7 lines: `class Order(Base)`",
      "Order.total 16-20 Method, 5 lines, 1 branch: `def total(self)`",
    ]);
  });

  it.each([
    [
      "a.go",
      'package a\nimport "fmt"\n// F does.\nfunc F(a int) int { if a > 1 { return 1 }; return 0 }\nfunc (s *S) m() {}\n',
      ["F 4-4 Exported function, 1 branch: `func F(a int) int` > F does.", "m 5-5 Method: `func (s *S) m()`"],
    ],
    [
      "a.rs",
      "/// Doc\npub fn f(a: i32) -> i32 { if a > 1 && a < 3 { 1 } else { 2 } }\nimpl T for S { fn k() {} }\n",
      ["f 2-2 Exported function, 2 branches: `pub fn f(a: i32) -> i32` > Doc", "S.k 3-3 Method: `fn k()`"],
    ],
    [
      "A.java",
      "/** Doc */\npublic class A { A(){ } public int m(int a) { return a==1?1:2; } }\n",
      [
        "A 2-2 Exported class: `public class A` > Doc",
        "A.A 2-2 Method: `A()`",
        "A.m 2-2 Method, 1 branch: `public int m(int a)`",
      ],
    ],
    [
      "a.swift",
      "public class A: B {\n  func go(x: Int) -> Int {\n    return 1\n  }\n}\n\nstruct C {}\n",
      [
        "A 1-5 Exported class, 5 lines: `public class A: B`",
        "A.go 2-5 Function, 4 lines: `func go(x: Int) -> Int`",
        "C 7-7 Class: `struct C {}`",
      ],
    ],
    [
      "a.md",
      "# Title\n```sh\n# no\n```\n## Sub\nmore\n",
      ["Title 1-6 Section, 6 lines", "Title.Sub 5-6 Section, 2 lines"],
    ],
    ["data.json", "{}", []],
  ])("reads %s", (path, source, expected) => {
    expect(parts(path, source)).toEqual(expected);
  });
});

describe("a hostile file", () => {
  it.each([
    ["broken code", "export function (((\nclass { const = ;\n function ok() {}"],
    ["deep nesting", "[".repeat(20_000)],
    ["nested blocks", "function a() {".repeat(3_000)],
    ["one long line", `const a = "${"x".repeat(200_000)}";`],
    ["many parts", "function f() {}\n".repeat(2_000)],
    ["nothing", ""],
  ])("of %s has an outline of bounded size", (_what, source) => {
    const result = outlined("a.ts", source);
    expect(result.summary).not.toBe("");
    expect(JSON.stringify(result).length).toBeLessThan(200_000);
  });

  it("of more parts than anybody reads says that it was cut", () => {
    const { explanations, notes } = outlined("a.ts", "function f() {}\n".repeat(400));
    expect(explanations).toHaveLength(300);
    expect(notes?.[1]).toBe("Only the first 300 parts are listed.");
  });

  it("can't drive the terminal that it is shown in", () => {
    const source = "/** \u001b]0;owned\u0007 \u202eoh */\nexport function f() {}\n// TODO \u001b[2J\n";
    expect(JSON.stringify(outlined("a.ts", source)).replaceAll("\\n", "")).not.toMatch(/\\u00|\u202e/);
  });

  it.each(["a.constructor", "a.__proto__", "constructor", ".ts"])("named %s is text", (path) => {
    expect(outlined(path, "x").summary).toContain("1 line of text");
  });
});
