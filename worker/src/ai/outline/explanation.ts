/** Says about one part what can be read off it. */
import type { Explanation } from "../../contract.gen.ts";
import { plainProse } from "../text.ts";
import type { Part } from "./reading.ts";
import { capital, code, counted } from "./words.ts";

/** More forks than this in one part are worth a remark: McCabe's bound of ten ways through it, less one. */
const MANY_BRANCHES = 9;
const TEXT_CHARACTERS = 1_000;
const SYMBOL_CHARACTERS = 200;

export function explained(part: Part): Explanation {
  const { name, container, doc, lineStart, lineEnd } = part;
  const texts = [headOf(part), doc === "" ? "" : `> ${doc}`, warningOf(part)];
  return {
    symbol: plainProse(container === "" ? name : `${container}.${name}`, SYMBOL_CHARACTERS),
    line_start: lineStart,
    line_end: lineEnd,
    text: plainProse(texts.filter((text) => text !== "").join("\n\n"), TEXT_CHARACTERS),
  };
}

/** Give the word for a part; in JSX a function may be a component, and `use…` is a hook. */
export function nounOf({ kind, name, markup }: Part): string {
  if (kind !== "function") return kind;
  if (markup && /^\p{Lu}|^default$/u.test(name)) return "component";
  return /^use\p{Lu}/u.test(name) ? "hook" : "function";
}

function headOf(part: Part): string {
  const { lineStart, lineEnd, branches, signature, exported } = part;
  const facts = [
    `${exported ? "exported " : ""}${nounOf(part)}`,
    ...(lineEnd > lineStart ? [counted(lineEnd - lineStart + 1, "line")] : []),
    ...(branches > 0 ? [counted(branches, "branch")] : []),
  ];
  return `${capital(facts.join(", "))}${signature === "" ? "" : `: ${code(signature)}`}`;
}

function warningOf({ branches }: Part): string {
  return branches > MANY_BRANCHES ? "A lot of branches: worth splitting, or testing case by case." : "";
}
