"""How an error becomes an answer: the one place that knows. Never shows a traceback or a cause.

HiveSyncError
  BadRequest        400 the request itself is malformed
    MethodNotAllowed  405
  Forbidden         403 well formed, and not allowed here
  NotFound          404
  Conflicting       409 not in its present state
  TokenMissing      401 the local token, not the session
  InvalidInput      422 a field of the body
  TooLarge          413 (431 for the head)
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from hivesync_contract import headers
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.backend.failures import UpstreamUnreachable
from hivesync_agent.response import Response

PROBLEM_TYPE = "application/problem+json"
_encode = msgspec.json.Encoder().encode


class BadRequest(HiveSyncError):
    """The request is malformed; another status of the 4xx range may say so more exactly."""

    code = ErrorCode.VALIDATION_ERROR

    def __init__(self, detail: str, *, status: int = 400) -> None:
        super().__init__(detail, status=status)


class MethodNotAllowed(BadRequest):
    """The route is there, but not for this method."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(f"Only {self.allowed} is allowed here.", status=405)


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


def problem_response(error: HiveSyncError, request_id: str = "") -> Response:
    """Give the answer for an error. It closes nothing: the caller decides about the connection."""
    more: dict[str, str] = {}
    if request_id:
        more[headers.REQUEST_ID] = request_id
    if isinstance(error, UpstreamUnreachable) and error.retry_after_seconds is not None:
        more["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, MethodNotAllowed):
        more["Allow"] = error.allowed  # RFC 9110 §15.5.6
    if error.status == 401:
        # RFC 9110 §15.5.2 asks for a challenge; "Bearer" is one that no HTTP library answers by itself.
        more["WWW-Authenticate"] = "Bearer"
    return Response(error.status, _encode(error.problem(request_id)), PROBLEM_TYPE, more)


def json_response(value: object, *, status: int = 200) -> Response:
    """Give a contract shape as the agent's own answer."""
    return Response(status, _encode(value), "application/json")
