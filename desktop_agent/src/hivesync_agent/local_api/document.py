"""The OpenAPI 3.1 document of the local API, made from the route table and the contract's shapes.

The proof and the relay are answered in front of the table, so they are described here. What lies behind the
relay is the backend's own document.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

import msgspec
from hivesync_contract import PROTOCOL_MAX, PROTOCOL_MIN, headers
from hivesync_contract.discovery import API_PREFIX
from hivesync_contract.errors import STATUS_OF, ErrorCode, Problem
from hivesync_contract.local_api import AgentProof

from hivesync_agent import VERSION
from hivesync_agent.local_api.route import MediaType, Route

Json = dict[str, Any]

_SCHEMAS = "#/components/schemas/{name}"
_ABOUT = f"""\
The agent of one user on 127.0.0.1, for editors, scripts and the tray. Port and token stand in the discovery
file; before a client sends the token it asks for the proof. Requests of web pages are refused: any `Origin`,
`Referer` or `Sec-Fetch-*` is 403, and so is every `Host` but the literal address. This agent speaks protocol
{PROTOCOL_MIN} to {PROTOCOL_MAX}. docs/protocol.md tells plugin authors the rest."""
_GATE = {
    400: "The request is malformed, names no client, or speaks another protocol (`PROTOCOL_UNSUPPORTED`).",
    401: "The local token is missing or wrong: read the discovery file again.",
    403: "A web page asks, or `Host` is not the address in the discovery file.",
    408: "The request came too slowly.",
    413: "The body is too large.",
    431: "The head is too large.",
    500: "The agent failed; its log has the details.",
}
"""What every route may answer. An answer with `X-HiveSync-Agent` is the agent's own."""
_RELAYED = ("get", "head", "post", "put", "patch", "delete", "options")
_SIGNED_IN = (ErrorCode.AUTH_REQUIRED, ErrorCode.FORBIDDEN, ErrorCode.UPSTREAM_UNREACHABLE)


def openapi_document(routes: Iterable[Route]) -> Json:
    """Describe these routes, the proof and the relay."""
    table = list(routes)
    paths: Json = {"/": {"get": _proof()}}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    paths["/api/v1/{path}"] = _relay()
    return {
        "openapi": "3.1.0",
        "info": {"title": "HiveSync local API", "version": VERSION, "description": _ABOUT},
        "servers": [
            {
                "url": f"http://127.0.0.1:{{port}}{API_PREFIX}",
                "variables": {"port": {"default": "0", "description": "`port` of the discovery file"}},
            }
        ],
        "security": [{"local": []}],
        "paths": {path: paths[path] for path in sorted(paths)},
        "components": {
            "schemas": _schemas(table),
            "parameters": {"client": _client(), "protocol": _protocol()},
            "responses": {str(status): _problem(text) for status, text in _GATE.items()},
            "securitySchemes": {
                "local": {"type": "http", "scheme": "bearer", "description": "`token` of the discovery file"}
            },
        },
    }


def _operation(route: Route) -> Json:
    operation: Json = {
        "operationId": route.handler.__qualname__.replace("Routes.", "_").lower(),
        "summary": route.summary,
        "parameters": [
            *_COMMON,
            *(_parameter("path", name, "", required=True) for name in route.path_parameters),
            *(_parameter("query", name, text) for name, text in route.query.items()),
            *(_parameter("header", name, text) for name, text in route.headers.items()),
        ],
        "responses": {str(status): _answer(status, shape) for status, shape in route.answers.items()}
        | _errors(route.errors),
    }
    if route.body is not None:
        operation["requestBody"] = {"content": _json(route.body)}
    return operation


def _proof() -> Json:
    nonce = _parameter("query", "nonce", "32–128 hex digits, new for each connection", required=True)
    nonce["schema"]["pattern"] = "^[0-9a-fA-F]{32,128}$"
    return {
        "operationId": "proof",
        "summary": "Prove that this is the agent of the discovery file; the only route without a token.",
        "security": [],
        "parameters": [*_COMMON, nonce],
        "responses": {"200": _answer(200, AgentProof)} | _errors(()),
    }


def _relay() -> Json:
    path = _parameter("path", "path", "as the backend's document describes it", required=True)
    operation = {
        "summary": "Relay to the backend, signed in; streamed both ways, WebSocket and events included.",
        "description": "Not relayed (403): `admin/**`, writes to `api-keys`, and `auth/**` except `auth/me`.",
        "parameters": [*_COMMON, path],
        "responses": {"default": {"description": "The backend's answer, without `X-HiveSync-Agent`."}}
        | _errors(_SIGNED_IN),
    }
    return {method: {"operationId": f"relay_{method}", **operation} for method in _RELAYED}


def _errors(codes: Iterable[ErrorCode]) -> Json:
    """Give the answers of the gate, and each own refusal under its usual status."""
    own: dict[int, list[str]] = {}
    for code in codes:
        own.setdefault(STATUS_OF[code], []).append(f"`{code.value}`")
    found = {str(status): {"$ref": f"#/components/responses/{status}"} for status in _GATE}
    for status, names in own.items():
        text = " or ".join(names)
        found[str(status)] = _problem(f"{text}. {_GATE[status]}" if status in _GATE else text)
    return dict(sorted(found.items()))


def _answer(status: int, shape: Any) -> Json:
    text = "Done; the answer has no body." if shape is None else _first_line(shape)
    answer: Json = {"description": text, "headers": {headers.AGENT: {"schema": {"type": "string"}}}}
    if isinstance(shape, MediaType):
        answer["content"] = {shape.name: {}}
    elif shape is not None:
        answer["content"] = _json(shape)
    return answer


def _problem(text: str) -> Json:
    return {"description": text, "content": {"application/problem+json": _schema(Problem)}}


def _json(shape: Any) -> Json:
    return {"application/json": _schema(shape)}


def _schema(shape: Any) -> Json:
    (found,), _ = msgspec.json.schema_components([shape], ref_template=_SCHEMAS)
    return {"schema": found}


def _schemas(table: Iterable[Route]) -> Json:
    shapes = [AgentProof, Problem]
    for route in table:
        shapes += [shape for shape in (route.body, *route.answers.values()) if _is_shape(shape)]
    _, found = msgspec.json.schema_components(shapes, ref_template=_SCHEMAS)
    return {name: _tidy(found[name]) for name in sorted(found)}


def _is_shape(shape: Any) -> bool:
    return shape is not None and not isinstance(shape, MediaType)


def _tidy(schema: Json) -> Json:
    # Descriptions are docstrings, whose later lines carry the source's indentation.
    if "description" in schema:
        return schema | {"description": inspect.cleandoc(schema["description"])}
    return schema


def _first_line(shape: Any) -> str:
    if isinstance(shape, MediaType):
        return shape.name
    origin = getattr(shape, "__origin__", shape)
    return inspect.cleandoc(origin.__doc__ or "").partition("\n")[0]


def _parameter(where: str, name: str, description: str, *, required: bool = False) -> Json:
    found: Json = {"name": name, "in": where, "required": required, "schema": {"type": "string"}}
    return found | {"description": description} if description else found


def _client() -> Json:
    return _parameter("header", headers.CLIENT, "`<name>/<version>` of the caller", required=True)


def _protocol() -> Json:
    found = _parameter("header", headers.PROTOCOL, "the protocol version that the client speaks")
    return found | {"schema": {"type": "integer"}}


_COMMON = [{"$ref": f"#/components/parameters/{name}"} for name in ("client", "protocol")]
