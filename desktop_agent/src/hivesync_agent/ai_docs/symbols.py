"""The named parts of a source file, by tree-sitter. Loaded in a child process only: grammars are large."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

from hivesync_contract.ai_docs import Symbol, SymbolKind

_SYMBOLS = 400
_DEPTH = 60
_NAME_CHARACTERS = 200

_JAVASCRIPT = {
    "function_declaration": SymbolKind.FUNCTION,
    "generator_function_declaration": SymbolKind.FUNCTION,
    "class_declaration": SymbolKind.CLASS,
    "abstract_class_declaration": SymbolKind.CLASS,
    "method_definition": SymbolKind.METHOD,
    "interface_declaration": SymbolKind.INTERFACE,
    "type_alias_declaration": SymbolKind.TYPE,
    "enum_declaration": SymbolKind.ENUM,
    "internal_module": SymbolKind.MODULE,
    "variable_declarator": SymbolKind.CONSTANT,
}
_KINDS: dict[str, dict[str, SymbolKind]] = {
    "javascript": _JAVASCRIPT,
    "typescript": _JAVASCRIPT,
    "tsx": _JAVASCRIPT,
    "python": {"function_definition": SymbolKind.FUNCTION, "class_definition": SymbolKind.CLASS},
    "go": {
        "function_declaration": SymbolKind.FUNCTION,
        "method_declaration": SymbolKind.METHOD,
        "type_spec": SymbolKind.TYPE,
    },
    "rust": {
        "function_item": SymbolKind.FUNCTION,
        "struct_item": SymbolKind.CLASS,
        "enum_item": SymbolKind.ENUM,
        "trait_item": SymbolKind.INTERFACE,
        "type_item": SymbolKind.TYPE,
        "mod_item": SymbolKind.MODULE,
        "const_item": SymbolKind.CONSTANT,
    },
    "java": {
        "class_declaration": SymbolKind.CLASS,
        "record_declaration": SymbolKind.CLASS,
        "interface_declaration": SymbolKind.INTERFACE,
        "enum_declaration": SymbolKind.ENUM,
        "method_declaration": SymbolKind.METHOD,
        "constructor_declaration": SymbolKind.METHOD,
    },
}
LANGUAGE_OF_SUFFIX = {
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs"), "javascript"),
    **dict.fromkeys((".ts", ".mts", ".cts"), "typescript"),
    ".tsx": "tsx",
    **dict.fromkeys((".py", ".pyi"), "python"),
    **{".go": "go", ".rs": "rust", ".java": "java"},
}
_FUNCTION_VALUES = frozenset({"arrow_function", "function_expression", "generator_function"})
_CLASS_VALUES = frozenset({"class"})


def find_symbols(path: str, content: str) -> list[Symbol]:
    """Give the file's symbols in order; none for a language that is not known here."""
    language = LANGUAGE_OF_SUFFIX.get(PurePosixPath(path).suffix.lower())
    if language is None:
        return []
    from tree_sitter import Language, Parser

    parser = Parser(Language(_GRAMMARS[language]()))
    tree = parser.parse(content.encode("utf-8", "replace"))
    found: list[Symbol] = []
    for symbol in _below(tree.root_node, _KINDS[language], "", 0):
        found.append(symbol)
        if len(found) == _SYMBOLS:
            break
    return found


def _below(node: Any, kinds: dict[str, SymbolKind], container: str, depth: int) -> Iterator[Symbol]:
    if depth > _DEPTH:
        return
    for child in node.named_children:
        inner = container
        if child.type in kinds and (symbol := _symbol(child, kinds[child.type], container)):
            yield symbol
            inner = symbol.name
        yield from _below(child, kinds, inner, depth + 1)


def _symbol(node: Any, kind: SymbolKind, container: str) -> Symbol | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    text = name.text.decode("utf-8", "replace")[:_NAME_CHARACTERS]
    if kind is SymbolKind.FUNCTION and container and node.type == "function_definition":
        kind = SymbolKind.METHOD
    if node.type == "variable_declarator":
        value = node.child_by_field_name("value")
        if value is not None and value.type in _FUNCTION_VALUES:
            kind = SymbolKind.FUNCTION
        elif value is not None and value.type in _CLASS_VALUES:
            kind = SymbolKind.CLASS
        elif container or not text.isidentifier():
            return None  # a local variable, or a pattern
    return Symbol(text, kind, node.start_point[0] + 1, node.end_point[0] + 1, container)


def _javascript() -> object:
    import tree_sitter_javascript

    return tree_sitter_javascript.language()


def _typescript() -> object:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_typescript()


def _tsx() -> object:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_tsx()


def _python() -> object:
    import tree_sitter_python

    return tree_sitter_python.language()


def _go() -> object:
    import tree_sitter_go

    return tree_sitter_go.language()


def _rust() -> object:
    import tree_sitter_rust

    return tree_sitter_rust.language()


def _java() -> object:
    import tree_sitter_java

    return tree_sitter_java.language()


_GRAMMARS: dict[str, Callable[[], Any]] = {
    "javascript": _javascript,
    "typescript": _typescript,
    "tsx": _tsx,
    "python": _python,
    "go": _go,
    "rust": _rust,
    "java": _java,
}
