"""The one place where errors become HTTP answers (RFC 9457). Nothing here decides what an error is."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError, Problem, title_of
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hivesync_server.adapters.db import is_away, is_busy
from hivesync_server.http.fields import words_of
from hivesync_server.logs import request_id
from hivesync_server.retry_later import RetryLater

_logger = logging.getLogger(__name__)

_FRAMEWORK_CODES = {
    401: ErrorCode.AUTH_REQUIRED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    409: ErrorCode.CONFLICT,
    413: ErrorCode.PAYLOAD_TOO_LARGE,
    429: ErrorCode.RATE_LIMITED,
}


class DatabaseAway(RetryLater):
    """The database can't be reached. If it broke off at the end, what was asked may be done."""

    code = ErrorCode.UPSTREAM_UNREACHABLE

    def __init__(self) -> None:
        super().__init__("The server's database can't be reached. Ask again soon.", 2)


class DatabaseBusy(RetryLater):
    """Others were in the way for too long. Nothing of what was asked is done."""

    code = ErrorCode.UPSTREAM_UNREACHABLE

    def __init__(self) -> None:
        super().__init__("The server's database is busy. Ask again soon.", 2)


class ProblemResponse(JSONResponse):
    """An error as `application/problem+json`."""

    media_type = "application/problem+json"

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        content = {name: value for name, value in asdict(problem).items() if value not in (None, [])}
        super().__init__(
            content, status_code=problem.status, headers={"Cache-Control": "no-store", **(headers or {})}
        )


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem."""
    app.add_exception_handler(HiveSyncError, _on_our_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_input)
    app.add_exception_handler(HTTPException, on_framework_error)
    app.add_exception_handler(SQLAlchemyError, _on_database_error)


def payload_too_large() -> ProblemResponse:
    """Give the answer to a body that is not even read."""
    return _framework_problem(HTTPException(413))


def unsupported_encoding() -> ProblemResponse:
    """Give the answer to a body that is packed in a way that we don't unpack."""
    return _framework_problem(HTTPException(415, "Send the body as it is, or as gzip."))


def internal_error() -> ProblemResponse:
    """Give the answer for what nobody expected. The cause is in the log, under the same request id."""
    return ProblemResponse(
        Problem(
            title=title_of(500),
            status=500,
            code=ErrorCode.INTERNAL_ERROR,
            detail="Something went wrong on our side. Try again, and name the request id if it stays.",
            request_id=request_id.get(),
        )
    )


async def _on_our_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HiveSyncError)  # noqa: S101 - the registration above guarantees it
    if error.status >= 500:
        _logger.error("request failed", extra={"code": error.code, "detail": error.detail}, exc_info=error)
    headers = dict(getattr(error, "headers", {}))
    if error.status == 401:
        headers.setdefault("WWW-Authenticate", "Bearer")
    return ProblemResponse(error.problem(request_id.get()), headers)


async def _on_invalid_input(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    fields = [FieldError(_field_path(entry), words_of(entry)) for entry in error.errors()]
    return ProblemResponse(
        Problem(
            title=title_of(422),
            status=422,
            code=ErrorCode.VALIDATION_ERROR,
            detail="The request is not as it should be; `errors` says where.",
            request_id=request_id.get(),
            errors=fields[:50],
        )
    )


async def _on_database_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SQLAlchemyError)  # noqa: S101
    if is_busy(error):
        refusal: RetryLater = DatabaseBusy()
    elif is_away(error):
        refusal = DatabaseAway()
    else:
        raise error
    refusal.__cause__ = error
    return await _on_our_error(request, refusal)


async def on_framework_error(_: Request, error: Exception) -> Response:
    """Give the answer of what the framework refused: no such address, no such method."""
    assert isinstance(error, HTTPException)  # noqa: S101
    return _framework_problem(error)


def _framework_problem(error: HTTPException) -> ProblemResponse:
    code = _FRAMEWORK_CODES.get(error.status_code, ErrorCode.VALIDATION_ERROR)
    if error.status_code >= 500:
        code = ErrorCode.INTERNAL_ERROR
    return ProblemResponse(
        Problem(
            title=title_of(error.status_code),
            status=error.status_code,
            code=code,
            detail=_detail_of(error),
            request_id=request_id.get(),
        ),
        error.headers,
    )


def _detail_of(error: HTTPException) -> str:
    match error.status_code:
        case 404:
            return "There is nothing at this address."
        case 405:
            return "This address does not take that method."
        case 413:
            return "The request's body is too large."
        case _:
            return str(error.detail)


def _field_path(entry: Mapping[str, Any]) -> str:
    """Give the dotted path of a field; where it was found (body, query…) goes without saying.

    What is no JSON has no fields: pydantic names a character's place instead.
    """
    return "" if entry["type"] == "json_invalid" else ".".join(str(part) for part in entry["loc"][1:])
