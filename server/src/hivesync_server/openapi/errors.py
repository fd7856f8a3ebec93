"""Which errors an operation may answer, found in its own code: what it takes, and what its domains know."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from hivesync_contract.errors import STATUS_OF, ErrorCode, HiveSyncError, Problem, title_of
from pydantic import TypeAdapter

from hivesync_server.adapters.objects import ObjectStore, ObjectStoreUnreachable
from hivesync_server.openapi.routes import Operation

_ALL_OF_HTTP = frozenset({"hivesync_server.http", "hivesync_server.adapters", "hivesync_server.auth"})
"""Packages whose errors are told by what a route takes, and not by its use of them."""

_OF_SIGNED_IN = (
    ErrorCode.AUTH_REQUIRED,
    ErrorCode.AUTH_INVALID,
    ErrorCode.AUTH_EXPIRED,
    ErrorCode.FORBIDDEN,
)
_OF_CHANGES = frozenset(
    {
        ErrorCode.CONFLICT,
        ErrorCode.IDEMPOTENCY_CONFLICT,
        ErrorCode.PREVIEW_UNSUPPORTED,
        ErrorCode.SOURCE_CHANGED,
        ErrorCode.TIER_LIMIT,
        ErrorCode.UPSTREAM_UNREACHABLE,
        ErrorCode.PAYLOAD_TOO_LARGE,
    }
)
"""Never the answer to a question."""

_UNLIMITED = "/api/v1/health"
_PROBLEM = "application/problem+json"
_DEVICE = "/api/v1/auth/device/"
_OAUTH = {
    "400": {
        "description": "An error of RFC 6749 §5.2 or RFC 8628 §3.5, as OAuth clients expect it",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
                },
                "example": {"error": "authorization_pending", "error_description": "Not approved yet."},
            }
        },
    }
}
_DETAILS = {
    ErrorCode.AUTH_REQUIRED: "Sign in: this needs an access token.",
    ErrorCode.FORBIDDEN: "You may see this and not do it.",
    ErrorCode.NOT_FOUND: "There is no such thing, or none that you may see.",
    ErrorCode.VALIDATION_ERROR: "The request is not as it should be; `errors` says where.",
    ErrorCode.TIER_LIMIT: "Your plan's limit is reached.",
    ErrorCode.RATE_LIMITED: "Too many requests; wait as long as Retry-After says.",
}


def problem_schemas() -> dict[str, Any]:
    """Give the schemas of an error's body."""
    schema = TypeAdapter(Problem).json_schema(
        mode="serialization", ref_template="#/components/schemas/{model}"
    )
    inner = schema.pop("$defs")
    # What is empty is left out.
    schema["required"] = ["title", "status", "code", "detail"]
    return {"Problem": schema, **inner}


def problem_responses(operation: Operation, has_body: bool) -> dict[str, Any]:
    """Give the error answers of an operation, by status."""
    codes: defaultdict[int, set[ErrorCode]] = defaultdict(set)
    for code in _codes(operation, has_body):
        codes[STATUS_OF[code]].add(code)
    responses = {str(status): _response(status, sorted(found)) for status, found in codes.items()}
    return responses | (_OAUTH if operation.path.startswith(_DEVICE) else {})


def _codes(operation: Operation, has_body: bool) -> Iterator[ErrorCode]:
    yield ErrorCode.INTERNAL_ERROR
    if operation.needs_sign_in:
        yield from _OF_SIGNED_IN
    if operation.is_signed:
        yield ErrorCode.WORKER_SIGNATURE_INVALID
    if operation.needs_sign_in or not operation.path.startswith(_UNLIMITED):
        yield ErrorCode.RATE_LIMITED
    if operation.takes_input or has_body:
        yield ErrorCode.VALIDATION_ERROR
    if has_body:
        yield ErrorCode.PAYLOAD_TOO_LARGE
    if operation.changes:
        yield ErrorCode.STORAGE_FULL
    if operation.is_idempotent:
        yield ErrorCode.IDEMPOTENCY_CONFLICT
        yield ErrorCode.CONFLICT
    if operation.takes_if_match:
        yield ErrorCode.PRECONDITION_FAILED
    if operation.names_something:
        yield ErrorCode.NOT_FOUND
    for error in _raised(operation):
        if _may_answer(operation, error.code):
            yield error.code


def _may_answer(operation: Operation, code: ErrorCode) -> bool:
    if code is ErrorCode.NOT_FOUND and not operation.names_something:
        return operation.changes and bool(operation.domains - _ALL_OF_HTTP)  # its body may name it
    return operation.changes or code not in _OF_CHANGES


def _raised(operation: Operation) -> Iterator[type[HiveSyncError]]:
    """Give the errors that the modules of the operation's domains know by name."""
    domains = operation.domains - _ALL_OF_HTTP if operation.needs_sign_in else operation.domains
    for name, module in list(sys.modules.items()):
        if name.rpartition(".")[0] not in domains:
            continue
        for value in vars(module).values():
            if value is ObjectStore:
                yield ObjectStoreUnreachable
            elif isinstance(value, type) and issubclass(value, HiveSyncError) and value is not HiveSyncError:
                yield value


def _response(status: int, codes: list[ErrorCode]) -> dict[str, Any]:
    schema = {
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"type": "object", "properties": {"code": {"enum": [code.value for code in codes]}}},
        ]
    }
    return {
        "description": f"{title_of(status)}: {', '.join(f'`{code}`' for code in codes)}",
        "content": {_PROBLEM: {"schema": schema, "example": _example(status, codes[0])}},
    }


def _example(status: int, code: ErrorCode) -> dict[str, Any]:
    title = title_of(status)
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code.value,
        "detail": _DETAILS.get(code, f"{title}; here stands what to do next."),
        "request_id": "0193a1c2-7c1e-7d2a-9f3b-2f6d1c0a9b8e",
    }
