"""Completes the description that FastAPI makes of the routes. It is worked out once per process."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from hivesync_server.openapi import headers, signing_in
from hivesync_server.openapi.errors import problem_responses, problem_schemas
from hivesync_server.openapi.examples import add_examples
from hivesync_server.openapi.routes import Operation, operations

DESCRIPTION = """\
Sign in with `POST /api/v1/auth/login` (or by device code, RFC 8628) and send `Authorization: Bearer TOKEN`;
scripts use an API key in the same place.

- JSON in snake_case; ids are UUIDs; times are RFC 3339 in UTC; PATCH takes a JSON Merge Patch (RFC 7396).
- Lists give `{"items": […], "next_cursor": …}`; pass `next_cursor` as `cursor` until it is null.
- Errors are `application/problem+json` (RFC 9457): branch on `code`, which is stable, and show `detail`.
- `Idempotency-Key` makes POST, PUT, PATCH and DELETE safe to repeat for 30 days.
- `If-Match` with an `ETag` keeps a PATCH from overwriting somebody else's.
- A long body may be sent as gzip (`Content-Encoding`); what it unpacks to is what limits count.
- Every answer has an `X-Request-ID`; name it when you report a problem.
"""


class DescribedApi(FastAPI):
    """The application, which describes itself completely."""

    def openapi(self) -> dict[str, Any]:
        """Give the OpenAPI document."""
        if not self.openapi_schema:
            self.description = DESCRIPTION
            self.openapi_schema = _complete(super().openapi(), operations(self.router))
        return self.openapi_schema


def _complete(document: dict[str, Any], known: dict[tuple[str, str], Operation]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas.update(problem_schemas())
    document["components"]["securitySchemes"] = signing_in.SCHEMES
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            operation = known[method.upper(), path]
            _complete_operation(described, operation)
    add_examples(document)
    return document


def _complete_operation(described: dict[str, Any], operation: Operation) -> None:
    described["summary"] = operation.summary
    signing_in.describe(described, operation)
    headers.describe(described, operation)
    described["responses"].pop("422", None)
    described["responses"].update(problem_responses(operation, _has_body(described)))
    described["responses"] = dict(sorted(described["responses"].items()))


def _has_body(described: dict[str, Any]) -> bool:
    return "requestBody" in described
