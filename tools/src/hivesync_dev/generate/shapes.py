"""Collect the contract's dataclasses and their JSON Schemas. Knows no output format."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from typing import Any

import hivesync_contract
import msgspec

Schema = dict[str, Any]
Definitions = dict[str, Schema]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REF_PREFIX = "#/$defs/"


def contract_modules() -> list[str]:
    """Give the names of the contract's modules, sorted."""
    found = pkgutil.iter_modules(hivesync_contract.__path__, "hivesync_contract.")
    return sorted(module.name for module in found)


def contract_shapes() -> list[type]:
    """Give every dataclass of the contract that is not generic (`Page` is a pattern, not a shape)."""
    shapes: dict[str, type] = {}
    for name in contract_modules():
        module = importlib.import_module(name)
        for shape in vars(module).values():
            if not (inspect.isclass(shape) and dataclasses.is_dataclass(shape)):
                continue
            if shape.__module__ == name and not getattr(shape, "__parameters__", ()):
                if shape.__name__ in shapes:
                    raise ValueError(f"two shapes of the contract are called {shape.__name__}")
                shapes[shape.__name__] = shape
    return [shapes[name] for name in sorted(shapes)]


def definitions(shapes: Iterable[type]) -> Definitions:
    """Give the schemas of `shapes` and of all they refer to, by name, in a stable order."""
    _, found = msgspec.json.schema_components(list(shapes), ref_template=_REF_PREFIX + "{name}")
    return {name: _tidy(found[name]) for name in sorted(found)}


def referenced(schema: Any) -> Iterator[str]:
    """Give the names that a schema refers to, wherever they stand in it."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].removeprefix(_REF_PREFIX)
        for value in schema.values():
            yield from referenced(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from referenced(value)


def _tidy(schema: Schema) -> Schema:
    """Unindent descriptions: they are docstrings, whose later lines carry the source's indentation."""
    if "description" in schema:
        return schema | {"description": inspect.cleandoc(schema["description"])}
    return schema
