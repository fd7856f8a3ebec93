"""How an error becomes an answer: the one place that knows. Never shows a traceback or a cause.

HiveSyncError
  BadRequest        400 the request itself is malformed
  Forbidden         403 well formed, and not allowed here
  NotFound          404
  Conflicting       409 not in its present state
  TokenMissing      401 the local token, not the session
  InvalidInput      422 a field of the body
  TooLarge          413 (431 for the head)
"""

from __future__ import annotations

import msgspec
from aiohttp import web
from hivesync_contract import headers
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent import VERSION
from hivesync_agent.backend.failures import UpstreamUnreachable

PROBLEM_TYPE = "application/problem+json"
_encode = msgspec.json.Encoder().encode


class BadRequest(HiveSyncError):
    """The request is malformed; another status of the 4xx range may say so more exactly."""

    code = ErrorCode.VALIDATION_ERROR

    def __init__(self, detail: str, *, status: int = 400) -> None:
        super().__init__(detail, status=status)


class Forbidden(HiveSyncError):
    """The agent does not do this for anyone, or not for this caller."""

    code = ErrorCode.FORBIDDEN


class NotFound(HiveSyncError):
    """No such route or resource in the agent."""

    code = ErrorCode.NOT_FOUND


class Conflicting(HiveSyncError):
    """The resource is not in a state that allows this."""

    code = ErrorCode.CONFLICT


class TokenMissing(HiveSyncError):
    """The local token of the discovery file is missing or wrong."""

    code = ErrorCode.AUTH_INVALID


class InvalidInput(HiveSyncError):
    """A field of the body is missing, unknown or has a wrong value."""

    code = ErrorCode.VALIDATION_ERROR


class TooLarge(HiveSyncError):
    """The head or the body exceeds what the agent reads into memory."""

    code = ErrorCode.PAYLOAD_TOO_LARGE


class InternalError(HiveSyncError):
    """A defect of the agent; the log has the details under the request's id."""


def problem_response(error: HiveSyncError, request_id: str = "") -> web.Response:
    """Give the answer for an error. It closes nothing: the caller decides about the connection."""
    response = web.Response(
        status=error.status,
        body=_encode(error.problem(request_id)),
        content_type=PROBLEM_TYPE,
        headers={headers.AGENT: VERSION, "Cache-Control": "no-store"},
    )
    if request_id:
        response.headers[headers.REQUEST_ID] = request_id
    if isinstance(error, UpstreamUnreachable) and error.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    if error.status == 401:
        # RFC 9110 §15.5.2 asks for a challenge; "Bearer" is one that no HTTP library answers by itself.
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def json_response(value: object, *, status: int = 200) -> web.Response:
    """Give a contract shape as the agent's own answer."""
    return web.Response(
        status=status,
        body=_encode(value),
        content_type="application/json",
        headers={headers.AGENT: VERSION, "Cache-Control": "no-store"},
    )
