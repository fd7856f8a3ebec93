"""Answers of the fake servers in the contract's shapes."""

from __future__ import annotations

import msgspec
from aiohttp import web
from hivesync_contract.errors import STATUS_OF, ErrorCode, Problem, title_of


def json_answer(value: object, status: int = 200) -> web.Response:
    """Give a value as JSON."""
    return web.Response(status=status, body=msgspec.json.encode(value), content_type="application/json")


def problem_answer(code: ErrorCode, detail: str) -> web.Response:
    """Give an error as the backend does."""
    status = STATUS_OF[code]
    problem = Problem(title_of(status), status, code, detail, request_id="from-the-backend")
    return web.Response(
        status=status,
        body=msgspec.json.encode(problem),
        content_type="application/problem+json",
        headers={"WWW-Authenticate": "Negotiate"} if status == 401 else {},
    )
