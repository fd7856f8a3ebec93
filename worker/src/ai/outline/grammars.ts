/** The languages that are read as trees: by Lezer's parsers, which need no WebAssembly and forgive broken code. */
import type { LRParser } from "@lezer/lr";
import { parser as go } from "@lezer/go";
import { parser as java } from "@lezer/java";
import { parser as javascript } from "@lezer/javascript";
import { parser as python } from "@lezer/python";
import { parser as rust } from "@lezer/rust";
import type { SymbolKind } from "../../contract.gen.ts";
import { extensionOf } from "../../preview/paths.ts";

/** What the nodes of a language's trees mean. Names are the parser's own. */
export interface Grammar {
  readonly language: string;
  readonly parser: LRParser;
  /** Nodes that define something, and what. */
  readonly parts: Readonly<Record<string, SymbolKind>>;
  /** Nodes that hold the name of what their parent defines. */
  readonly names: ReadonlySet<string>;
  /** Nodes before which a signature ends. */
  readonly bodies: ReadonlySet<string>;
  /** Nodes that add a way through the code. */
  readonly branches: ReadonlySet<string>;
  readonly imports: ReadonlySet<string>;
  /** Nodes around a definition that belong to it, such as `export` or a decorator. */
  readonly wrappers: ReadonlySet<string>;
  /** Nodes that are no part themselves and only name what the parts in them belong to. */
  readonly scopes: ReadonlySet<string>;
  /** Which assignments are worth a name: all, or those that the language's convention calls constants. */
  readonly constants: RegExp;
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

const SCRIPT = {
  parts: {
    FunctionDeclaration: "function",
    ClassDeclaration: "class",
    MethodDeclaration: "method",
    PropertyDeclaration: "method",
    InterfaceDeclaration: "interface",
    TypeAliasDeclaration: "type",
    EnumDeclaration: "enum",
    NamespaceDeclaration: "module",
    VariableDeclaration: "constant",
  },
  names: set("VariableDefinition TypeDefinition PropertyDefinition PrivatePropertyDefinition"),
  bodies: set("Block ClassBody ObjectType EnumBody Equals Arrow"),
  branches: set(
    "IfStatement ConditionalExpression ForStatement WhileStatement DoStatement CaseLabel CatchClause",
  ),
  imports: set("ImportDeclaration ExportDeclaration DynamicImport CallExpression"),
  wrappers: set("ExportDeclaration"),
  scopes: set(""),
  constants: /./,
} as const satisfies Partial<Grammar>;

function script(language: string, dialect: string): Grammar {
  return { ...SCRIPT, language, parser: javascript.configure({ dialect }) };
}

const PYTHON: Grammar = {
  language: "Python",
  parser: python,
  parts: { FunctionDefinition: "function", ClassDefinition: "class", AssignStatement: "constant" },
  names: set("VariableName"),
  bodies: set("Body AssignOp"),
  branches: set("if elif for while except case and or"),
  imports: set("ImportStatement"),
  wrappers: set("DecoratedStatement"),
  scopes: set(""),
  constants: /^_?[A-Z][A-Z0-9_]*$/,
};

const JAVA: Grammar = {
  language: "Java",
  parser: java,
  parts: {
    ClassDeclaration: "class",
    RecordDeclaration: "class",
    InterfaceDeclaration: "interface",
    EnumDeclaration: "enum",
    MethodDeclaration: "method",
    ConstructorDeclaration: "method",
  },
  names: set("Definition"),
  bodies: set("ClassBody InterfaceBody EnumBody RecordBody Block ConstructorBody"),
  branches: set(
    "IfStatement TernaryExpression ForStatement EnhancedForStatement WhileStatement CatchClause case",
  ),
  imports: set("ImportDeclaration"),
  wrappers: set(""),
  scopes: set(""),
  constants: /./,
};

const GO: Grammar = {
  language: "Go",
  parser: go,
  parts: { FunctionDecl: "function", MethodDecl: "method", TypeSpec: "type", ConstSpec: "constant" },
  names: set("DefName FieldName"),
  bodies: set("Block StructBody InterfaceBody ="),
  branches: set("IfStatement ForStatement case"),
  imports: set("ImportSpec"),
  wrappers: set("TypeDecl ConstDecl"),
  scopes: set(""),
  constants: /./,
};

const RUST: Grammar = {
  language: "Rust",
  parser: rust,
  parts: {
    FunctionItem: "function",
    StructItem: "class",
    EnumItem: "enum",
    TraitItem: "interface",
    ModItem: "module",
    TypeItem: "type",
    ConstItem: "constant",
  },
  names: set("BoundIdentifier TypeIdentifier"),
  bodies: set("Block DeclarationList FieldDeclarationList EnumVariantList ="),
  branches: set("IfExpression WhileExpression ForExpression MatchArm"),
  imports: set("UseDeclaration"),
  wrappers: set(""),
  scopes: set("ImplItem"),
  constants: /./,
};

const JAVASCRIPT = script("JavaScript", "jsx");
const TYPESCRIPT = script("TypeScript", "ts");
const TSX = script("TypeScript with JSX", "ts jsx");

const OF_SUFFIX: ReadonlyMap<string, Grammar> = new Map(
  Object.entries({
    ...{ js: JAVASCRIPT, jsx: JAVASCRIPT, mjs: JAVASCRIPT, cjs: JAVASCRIPT },
    ...{ ts: TYPESCRIPT, mts: TYPESCRIPT, cts: TYPESCRIPT, tsx: TSX },
    ...{ py: PYTHON, pyi: PYTHON, java: JAVA, go: GO, rs: RUST },
  }),
);

/** Give the grammar of a file by its name's end, or null for a language that is not read as a tree. */
export function grammarOf(path: string): Grammar | null {
  return OF_SUFFIX.get(extensionOf(path).slice(1)) ?? null;
}
