"""Examples of bodies, made from their schemas, so that none is ever out of date."""

from __future__ import annotations

from typing import Any

_SHAPES = "#/components/schemas/"
_DEPTH_MAX = 8
_TEXTS = {
    "color": "#a35a00",
    "commit": "4f2d9c1b7a6e5d3c2b1a09f8e7d6c5b4a3928170",
    "cursor": "AZOhwnweff",
    "description": "What it is about.",
    "email": "ann@example.com",
    "entry": "src/App.tsx",
    "file": "src/App.tsx",
    "id": "0193a1c2-7c1e-7d2a-9f3b-2f6d1c0a9b8e",
    "locale": "en",
    "login": "ann@example.com",
    "message": 'Expected ";" but found "}"',
    "name": "Shop",
    "password": "correct horse battery",
    "path": "src/App.tsx",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "timezone": "Europe/Berlin",
    "title": "Let the cart survive a reload",
    "token_type": "Bearer",
    "username": "ann",
    "version": "0.1.0",
}
_ENDINGS = {
    "_id": "0193a1c2-7c1e-7d2a-9f3b-2f6d1c0a9b8e",
    "_at": "2026-11-26T10:00:00Z",
    "_url": "https://api.example.com/",
    "_origin": "https://worker.example.com",
    "_token": "…",
    "_code": "WDJB-MJHT",
    "_by": "0193a1c2-7c1e-7d2a-9f3b-2f6d1c0a9b8e",
}
_FORMATS = {
    "date-time": "2026-11-26T10:00:00Z",
    "uuid": "0193a1c2-7c1e-7d2a-9f3b-2f6d1c0a9b8e",
    "uri": "https://example.com/",
    "email": "ann@example.com",
}
_PATTERNS = {"^[0-9a-fA-F]{32}$": "9e107d9d372bb6826bd81d3542a419d6"}


def add_examples(document: dict[str, Any]) -> None:
    """Give every JSON body an example."""
    shapes = document["components"]["schemas"]
    for methods in document["paths"].values():
        for operation in methods.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for body in bodies:
                media = body.get("content", {}).get("application/json")
                if media and "example" not in media and "schema" in media:
                    media["example"] = example(media["schema"], shapes)


def example(schema: dict[str, Any], shapes: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """Give a value that the schema allows."""
    if "$ref" in schema:
        return example(shapes[schema["$ref"].removeprefix(_SHAPES)], shapes, name, depth + 1)
    for known in ("const", "default"):
        if schema.get(known) not in (None, ""):
            return schema[known]
    if "enum" in schema:
        return schema["enum"][0]
    if options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        wanted = [option for option in options if option.get("type") != "null"]
        return example(wanted[0], shapes, name, depth + 1) if depth < _DEPTH_MAX else None
    match schema.get("type"):
        case "object":
            return _object(schema, shapes, depth)
        case "array":
            few = depth < _DEPTH_MAX and schema.get("maxItems") != 0
            return (
                [example(schema.get("items", {}), shapes, name.removesuffix("s"), depth + 1)] if few else []
            )
        case "string":
            return _text(schema, name)
        case "integer":
            return int(schema.get("minimum", 1))
        case "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    return None


def _object(schema: dict[str, Any], shapes: dict[str, Any], depth: int) -> dict[str, Any]:
    required = set(schema.get("required", ()))
    shown = {
        name: inner
        for name, inner in schema.get("properties", {}).items()
        if depth < _DEPTH_MAX or name in required
    }
    return {name: example(inner, shapes, name, depth + 1) for name, inner in shown.items()}


def _text(schema: dict[str, Any], name: str) -> str:
    text = _FORMATS.get(schema.get("format", "")) or _PATTERNS.get(schema.get("pattern", ""))
    text = text or _TEXTS.get(name)
    text = text or next((value for end, value in _ENDINGS.items() if name.endswith(end)), "text")
    low, high = schema.get("minLength", 0), schema.get("maxLength", len(text))
    return text.ljust(low, "x")[:high]
