"""Errors of the SDK, made from RFC 9457 problems. Keeps codes it does not know.

HiveSyncError                    base; `detail` is for people, `code` for programs
 ├─ ApiError                     the backend or the agent answered with an error
 │   ├─ AuthenticationFailed     401  not signed in, or no longer
 │   ├─ TierLimitReached         402  `limit`, `used` and `reset_at` say more
 │   ├─ PermissionDenied         403
 │   ├─ NotFound                 404  (and 410)
 │   ├─ Conflicting              409, 412
 │   ├─ TooLarge                 413
 │   ├─ InvalidInput             400, 422
 │   ├─ TooManyRequests          429  `retry_after_seconds`
 │   ├─ ServiceFailed            5xx
 │   └─ OfflineQueued            202  kept by the agent and sent when the backend is back: `operation_id`
 ├─ Offline                      neither agent nor backend answered
 ├─ AgentAbsent                  what was asked for needs the desktop agent, and it does not run
 ├─ ResponseInvalid              an answer that this release can't read
 │   └─ AnswerTooLong            longer than memory should hold
 └─ PreviewFailed                a preview that was waited for could not be built
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from hivesync_contract.errors import STATUS_OF, Diagnostic, ErrorCode, FieldError, HiveSyncError

from hivesync._way import WayReason

if TYPE_CHECKING:
    from hivesync_contract.previews import PreviewError


class Offline(HiveSyncError):
    """Nobody answered: no network, the backend is down, or it took too long."""

    code = ErrorCode.UPSTREAM_UNREACHABLE
    retryable = True


class AgentAbsent(HiveSyncError):
    """The desktop agent does not run, or what listens in its place can't prove that it is the agent."""

    code = ErrorCode.UPSTREAM_UNREACHABLE
    retryable = True

    def __init__(self, detail: str, reason: WayReason = WayReason.AGENT_ABSENT) -> None:
        super().__init__(detail)
        self.reason = reason


class ResponseInvalid(HiveSyncError):
    """An answer has not the shape that this release knows."""


class AnswerTooLong(ResponseInvalid):
    """An answer, or one event of a stream, is longer than 16 MiB; the rest of it was not read."""

    code = ErrorCode.PAYLOAD_TOO_LARGE

    def __init__(self) -> None:
        super().__init__("The answer is longer than a program should hold in memory.", status=502)


class PreviewFailed(HiveSyncError):
    """A preview ended as `failed`; `diagnostic` points into the source where that is known."""

    code = ErrorCode.PREVIEW_BUILD_FAILED

    def __init__(self, error: PreviewError) -> None:
        super().__init__(error.message, status=STATUS_OF[error.code], diagnostic=error.diagnostic)
        # The class declares a constant; this failure has one of several codes.
        self.__dict__["code"] = error.code


class ApiError(HiveSyncError):
    """An error answer. `wire_code` is the code as sent; `code` the same, if this release knows it."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        detail = body.get("detail") or body.get("title") or f"The answer was status {status}."
        super().__init__(
            str(detail),
            status=status,
            errors=_converted(body.get("errors"), list[FieldError]),
            diagnostic=_converted(body.get("diagnostic"), Diagnostic),
        )
        self.wire_code = str(body.get("code") or "")
        self.__dict__["code"] = _known_code(self.wire_code, status)
        self.request_id = str(body.get("request_id") or headers.get("x-request-id") or "")
        self.limit = _converted(body.get("limit"), int)
        self.used = _converted(body.get("used"), int)
        self.reset_at = _converted(body.get("reset_at"), str)
        self.retry_after_seconds = retry_after_seconds(headers)
        self.body = dict(body)


class AuthenticationFailed(ApiError):
    """Not signed in, or the session was refused."""


class TierLimitReached(ApiError):
    """The plan's limit is used up."""


class PermissionDenied(ApiError):
    """Signed in, but not allowed."""


class NotFound(ApiError):
    """There is no such thing, or it is not yours."""


class Conflicting(ApiError):
    """It changed meanwhile, or is being changed."""


class TooLarge(ApiError):
    """More than anyone may send."""


class InvalidInput(ApiError):
    """`errors` names the fields."""


class TooManyRequests(ApiError):
    """Slow down; `retry_after_seconds` says for how long."""

    retryable = True


class ServiceFailed(ApiError):
    """The backend, or something behind it, failed."""

    retryable = True


class OfflineQueued(ApiError):
    """No failure: the backend is away, so the agent keeps the change and sends it when it can.

    There is no result yet; `client.agent.operations()` shows what becomes of `operation_id`.
    """

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        super().__init__(status, body, headers)
        self.operation_id = str(body.get("operation_id") or "")


_CLASS_OF: dict[int, type[ApiError]] = {
    202: OfflineQueued,
    400: InvalidInput,
    401: AuthenticationFailed,
    402: TierLimitReached,
    403: PermissionDenied,
    404: NotFound,
    409: Conflicting,
    410: NotFound,
    412: Conflicting,
    413: TooLarge,
    422: InvalidInput,
    429: TooManyRequests,
}


def api_error(status: int, body: bytes, headers: Mapping[str, str]) -> ApiError:
    """Make the exception for an error answer; a body that is no problem document still gives one."""
    try:
        problem = msgspec.json.decode(body)
    except msgspec.DecodeError:
        problem = {}
    kind = ServiceFailed if status >= 500 else _CLASS_OF.get(status, ApiError)
    return kind(status, problem if isinstance(problem, dict) else {}, headers)


def _known_code(wire_code: str, status: int) -> ErrorCode:
    try:
        return ErrorCode(wire_code)
    except ValueError:
        return _CODE_OF.get(status, ErrorCode.INTERNAL_ERROR)


_CODE_OF = {
    400: ErrorCode.VALIDATION_ERROR,
    401: ErrorCode.AUTH_REQUIRED,
    402: ErrorCode.TIER_LIMIT,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    409: ErrorCode.CONFLICT,
    413: ErrorCode.PAYLOAD_TOO_LARGE,
    422: ErrorCode.VALIDATION_ERROR,
    429: ErrorCode.RATE_LIMITED,
    502: ErrorCode.UPSTREAM_UNREACHABLE,
    503: ErrorCode.UPSTREAM_UNREACHABLE,
    504: ErrorCode.UPSTREAM_UNREACHABLE,
}


def _converted(value: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(value, kind) if value is not None else None
    except msgspec.ValidationError:
        return None


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Give what `Retry-After` says in seconds; its form as a date is not used by our servers."""
    value = headers.get("retry-after")
    return float(value) if value and value.isascii() and value.isdigit() else None
