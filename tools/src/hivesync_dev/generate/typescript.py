"""TypeScript types of the contract's schemas.

Written here rather than taken from npm: the contract uses eight schema keywords, and the usual library
would add a formatter and thirty packages for them. An unknown keyword is refused, never guessed.
"""

from __future__ import annotations

import json

from hivesync_dev.generate.shapes import Schema

_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_ANNOTATIONS = frozenset({"title", "description", "default", "format"})


def declaration(name: str, schema: Schema) -> str:
    """Give the exported declaration of one definition: an interface, or a union of literals."""
    if schema.get("type") == "object" and "properties" in schema:
        return f"{_comment(schema, '')}export interface {name} {_members(schema)}\n"
    return f"{_comment(schema, '')}export type {name} = {type_of(schema)};\n"


def type_of(schema: Schema) -> str:
    """Give the type expression of a schema; raise `ValueError` for one it has no rule for."""
    rules = {key: value for key, value in schema.items() if key not in _ANNOTATIONS}
    match [(key, rules[key]) for key in sorted(rules)]:
        case [("$ref", ref)]:
            return str(ref).rpartition("/")[2]
        case [("anyOf", options)]:
            return " | ".join(type_of(option) for option in options)
        case [("enum", values)]:
            return " | ".join(json.dumps(value) for value in values)
        case [("items", items), ("type", "array")]:
            inner = type_of(items)
            return f"({inner})[]" if " " in inner else f"{inner}[]"
        case [("additionalProperties", dict(values)), ("type", "object")]:
            return f"Record<string, {type_of(values)}>"
        case [("type", name)] if name in _PLAIN:
            return _PLAIN[name]
        case []:
            return "unknown"
    raise ValueError(f"no TypeScript rule for the schema {json.dumps(schema)}")


def _members(schema: Schema) -> str:
    required = set(schema.get("required", ()))
    lines = [
        f"  {name}{'' if name in required else '?'}: {type_of(member)};"
        for name, member in schema["properties"].items()
    ]
    return "\n".join(["{", *lines, "}"])


def _comment(schema: Schema, indent: str) -> str:
    text = schema.get("description", "").strip().replace("*/", "*\\/")
    if not text:
        return ""
    if "\n" not in text:
        return f"{indent}/** {text} */\n"
    body = "\n".join(f"{indent} * {line}".rstrip() for line in text.splitlines())
    return f"{indent}/**\n{body}\n{indent} */\n"
