/**
 * Reads from a component's text which properties it takes: enough for a list beside its preview. It reads the
 * usual ways to write components and no others; what it does not understand is left out, never guessed.
 */
import { balancedEnd, masked, splitTop } from "./brackets.ts";

export interface Prop {
  readonly name: string;
  readonly type: string | null;
  readonly required: boolean;
  /** Code of the value that the component itself falls back to. */
  readonly default: string | null;
}

export interface Component {
  readonly name: string;
  /** The name of the export, such as `default`. */
  readonly exported: string;
  readonly props: readonly Prop[];
}

const NAME = "[A-Z][\\w$]*";
const EXPORTS: readonly RegExp[] = [
  new RegExp(`export\\s+default\\s+(?:async\\s+)?(?:function|class)\\s+(${NAME})`),
  new RegExp(`export\\s+default\\s+(?:[\\w.]+\\()*\\s*(?:function\\s+)?(${NAME})`),
  new RegExp(`export\\s*\\{[^}]*?\\b(${NAME})\\s+as\\s+default\\b`),
  /export\s+default\s+()\S/,
  new RegExp(`export\\s+(?:function|class|const|let|var)\\s+(${NAME})`),
  new RegExp(`export\\s*\\{[^}]*?\\b(${NAME})\\s*[,}]`),
];
/** Of these, the export's name is the component's own. */
const FIRST_NAMED = 4;

/** Give the component that a file is there for: its default export, else the first with a component's name. */
export function readComponent(text: string): Component | null {
  const code = masked(text);
  for (const [index, pattern] of EXPORTS.entries()) {
    const name = pattern.exec(code)?.[1];
    if (name === undefined) continue;
    const exported = index < FIRST_NAMED ? "default" : name;
    return { name: name || "the component", exported, props: propsOf(text, code, name) };
  }
  return null;
}

function propsOf(text: string, code: string, name: string): Prop[] {
  const start = parametersStart(code, name);
  if (start === null) return [];
  const parameters = { from: start.open + 1, to: balancedEnd(code, start.open) };
  const [first = { from: 0, to: 0 }] = splitTop(code, parameters, ",");
  const typed = typeOfParameter(text, code, first) ?? start.type;
  const members = typed === null ? [] : membersOf(text, code, typed);
  const taken = takenApart(text, code, first);
  const named = new Map(members.map((member) => [member.name, member]));
  for (const [taking, fallback] of taken) {
    const known = named.get(taking) ?? {
      name: taking,
      type: null,
      required: fallback === null,
      default: null,
    };
    named.set(taking, { ...known, required: known.required && fallback === null, default: fallback });
  }
  return [...named.values()];
}

/** Find the list of parameters of the function that is the component, and a type such as `FC<Props>` names. */
function parametersStart(
  code: string,
  name: string,
): { readonly open: number; readonly type: string | null } | null {
  const wrapped = "(?:[\\w.]+\\s*(?:<((?:[^()]|\\([^()]*\\)){0,400})>)?\\(\\s*)*(?:async\\s+)?";
  const patterns =
    name === ""
      ? [`export\\s+default\\s+()${wrapped}(?:function\\b\\s*[\\w$]*\\s*)?(?:<[^()]*>\\s*)?\\(`]
      : [
          `(?:const|let|var)\\s+${name}\\s*(?::\\s*([^=]+?))?\\s*=\\s*${wrapped}(?:function\\b\\s*[\\w$]*\\s*)?(?:<[^()]*>\\s*)?\\(`,
          `function\\s+${name}\\s*()()(?:<[^()]*>\\s*)?\\(`,
        ];
  for (const pattern of patterns) {
    const found = new RegExp(pattern).exec(code);
    if (!found) continue;
    const generic = /<(.*)>\s*$/s.exec(found[1] ?? "")?.[1] ?? found[2] ?? "";
    const type = splitTop(generic, { from: 0, to: generic.length }, ",").at(-1);
    const named = type === undefined ? "" : generic.slice(type.from, type.to).trim();
    return { open: found.index + found[0].length - 1, type: named === "" ? null : named };
  }
  return null;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Give what stands behind the parameter's colon. */
function typeOfParameter(text: string, code: string, range: Range): string | null {
  const own = code.slice(range.from, range.to);
  const lead = own.length - own.trimStart().length;
  const after = own[lead] === "{" ? balancedEnd(code, range.from + lead) + 1 - range.from : 0;
  const colon = own.indexOf(":", after);
  return colon < 0 ? null : text.slice(range.from + colon + 1, range.to).trim();
}

/** Give the names that a parameter such as `{ title, size = 3 }` takes apart, with their fallbacks. */
function takenApart(text: string, code: string, range: Range): Map<string, string | null> {
  const found = new Map<string, string | null>();
  const open = range.from + code.slice(range.from, range.to).search(/\S/);
  if (code[open] !== "{") return found;
  for (const { from, to } of splitTop(code, { from: open + 1, to: balancedEnd(code, open) }, ",")) {
    const name = /^\s*["']?([A-Za-z_$][\w$-]*)/.exec(text.slice(from, to))?.[1];
    if (name === undefined) continue;
    const equals = code.slice(from, to).search(/=(?!>)/);
    found.set(name, equals < 0 ? null : text.slice(from + equals + 1, to).trim());
  }
  return found;
}

/** Give the members of a type: of a literal, of a name that the file declares, and of both joined by `&`. */
function membersOf(text: string, code: string, type: string, depth = 0): Prop[] {
  if (depth > 3) return [];
  const mask = masked(type);
  return splitTop(mask, { from: 0, to: mask.length }, "&").flatMap(({ from, to }) => {
    const part = type
      .slice(from, to)
      .trim()
      .replace(/^(?:Readonly|PropsWithChildren|React\.PropsWithChildren)<(.*)>$/s, "$1");
    if (part.startsWith("{")) return literalMembers(part);
    if (!/^[A-Za-z_$][\w$]*$/.test(part)) return [];
    return declaredMembers(text, code, part, depth);
  });
}

function declaredMembers(text: string, code: string, name: string, depth: number): Prop[] {
  const declared = new RegExp(`\\binterface\\s+${name}\\b([^{]*)\\{`).exec(code);
  if (declared) {
    const open = declared.index + declared[0].length - 1;
    const bases = /extends\s+(.*)$/s.exec(declared[1] ?? "")?.[1]?.split(",") ?? [];
    return [
      ...bases.flatMap((base) => membersOf(text, code, base.trim(), depth + 1)),
      ...literalMembers(text.slice(open, balancedEnd(code, open) + 1)),
    ];
  }
  const alias = new RegExp(`\\btype\\s+${name}\\s*=`).exec(code);
  if (!alias) return [];
  const from = alias.index + alias[0].length;
  const end = splitTop(code, { from, to: code.length }, ";")[0]?.to ?? code.length;
  const body = code.slice(from, end);
  const stop = /\n\s*\n|\n(?=(?:export|const|function|type|interface|class|import)\b)/.exec(body)?.index;
  return membersOf(text, code, text.slice(from, from + (stop ?? body.length)).trim(), depth + 1);
}

function literalMembers(literal: string): Prop[] {
  const mask = masked(literal);
  const inner = { from: 1, to: balancedEnd(mask, 0) };
  return splitTop(mask, inner, ";,\n").flatMap(({ from, to }) => {
    const written =
      mask.slice(from, to).trim() === ""
        ? ""
        : withoutComments(literal.slice(from, to), mask.slice(from, to));
    const found = /^\s*(?:readonly\s+)?["']?([A-Za-z_$][\w$-]*)["']?(\?)?\s*(:|\()(.*)$/s.exec(written);
    if (!found) return [];
    const [, name = "", optional, sign, rest = ""] = found;
    const type = (sign === "(" ? `(${rest}` : rest).replace(/\s+/g, " ").trim();
    return [{ name, type, required: optional === undefined, default: null }];
  });
}

/** What is masked and no string is a comment. */
function withoutComments(text: string, mask: string): string {
  return text.replace(/\S/g, (character, at: number) => (mask[at] === " " ? " " : character));
}

/** Give code of a value to show a required property with, or null where none can be made up honestly. */
export function sampleOf({ name, type, required }: Prop): string | null {
  if (!required) return null;
  if (type === null) return /^on[A-Z]/.test(name) ? "() => {}" : name === "children" ? `"children"` : null;
  if (/=>|^\(|Handler\b|^Function$/.test(type)) return "() => {}";
  const literal = /^\|?\s*("[^"]*"|'[^']*'|-?\d+(?:\.\d+)?)\s*(\||$)/.exec(type)?.[1];
  if (literal !== undefined) return literal;
  if (/\[\]$|^(Readonly)?Array</.test(type)) return "[]";
  if (/^(string|React\.ReactNode|ReactNode|(React\.)?ReactElement|JSX\.Element)\b/.test(type))
    return JSON.stringify(name);
  if (/^number\b/.test(type)) return "1";
  if (/^boolean\b/.test(type)) return "true";
  return null;
}
