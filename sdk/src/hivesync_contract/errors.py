"""Error codes, the wire form of an error, and the exception that carries one through our code.

HiveSyncError                 one code, one HTTP status, one remedy
  (subclasses live beside the code that raises them)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import ClassVar


class ErrorCode(StrEnum):
    """Stable codes; a client may branch on them, so none is ever renamed or reused."""

    AUTH_REQUIRED = "AUTH_REQUIRED"
    AUTH_INVALID = "AUTH_INVALID"
    AUTH_EXPIRED = "AUTH_EXPIRED"
    TOTP_REQUIRED = "TOTP_REQUIRED"
    TOTP_INVALID = "TOTP_INVALID"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    VALIDATION_ERROR = "VALIDATION_ERROR"
    CONFLICT = "CONFLICT"
    PRECONDITION_FAILED = "PRECONDITION_FAILED"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    RATE_LIMITED = "RATE_LIMITED"
    TIER_LIMIT = "TIER_LIMIT"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    PREVIEW_UNSUPPORTED = "PREVIEW_UNSUPPORTED"
    PREVIEW_BUILD_FAILED = "PREVIEW_BUILD_FAILED"
    PREVIEW_EXPIRED = "PREVIEW_EXPIRED"
    SOURCE_CHANGED = "SOURCE_CHANGED"
    AI_JOB_FAILED = "AI_JOB_FAILED"
    AI_DOCS_UNSUPPORTED = "AI_DOCS_UNSUPPORTED"
    WORKER_SIGNATURE_INVALID = "WORKER_SIGNATURE_INVALID"
    WORKER_TIMEOUT = "WORKER_TIMEOUT"
    UPSTREAM_UNREACHABLE = "UPSTREAM_UNREACHABLE"
    OFFLINE_QUEUED = "OFFLINE_QUEUED"
    KEYCHAIN_UNAVAILABLE = "KEYCHAIN_UNAVAILABLE"
    KEYCHAIN_LOCKED = "KEYCHAIN_LOCKED"
    PROTOCOL_UNSUPPORTED = "PROTOCOL_UNSUPPORTED"
    STORAGE_FULL = "STORAGE_FULL"
    PROJECT_UNCLEAR = "PROJECT_UNCLEAR"
    INTERNAL_ERROR = "INTERNAL_ERROR"


_TITLES = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""As RFC 9110 §15.5 has them: before Python 3.13 `HTTPStatus` has older words."""


def title_of(status: int) -> str:
    """Give what a status is called, the same on every Python."""
    return _TITLES.get(status) or HTTPStatus(status).phrase


STATUS_OF: dict[ErrorCode, int] = {
    ErrorCode.AUTH_REQUIRED: 401,
    ErrorCode.AUTH_INVALID: 401,
    ErrorCode.AUTH_EXPIRED: 401,
    ErrorCode.TOTP_REQUIRED: 401,
    ErrorCode.TOTP_INVALID: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.VALIDATION_ERROR: 422,
    ErrorCode.CONFLICT: 409,
    ErrorCode.PRECONDITION_FAILED: 412,
    ErrorCode.IDEMPOTENCY_CONFLICT: 422,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.TIER_LIMIT: 402,
    ErrorCode.PAYLOAD_TOO_LARGE: 413,
    ErrorCode.PREVIEW_UNSUPPORTED: 422,
    ErrorCode.PREVIEW_BUILD_FAILED: 422,
    ErrorCode.PREVIEW_EXPIRED: 410,
    ErrorCode.SOURCE_CHANGED: 409,
    ErrorCode.AI_JOB_FAILED: 502,
    ErrorCode.AI_DOCS_UNSUPPORTED: 422,
    ErrorCode.WORKER_SIGNATURE_INVALID: 401,
    ErrorCode.WORKER_TIMEOUT: 504,
    ErrorCode.UPSTREAM_UNREACHABLE: 503,
    ErrorCode.OFFLINE_QUEUED: 202,
    ErrorCode.KEYCHAIN_UNAVAILABLE: 503,
    ErrorCode.KEYCHAIN_LOCKED: 503,
    ErrorCode.PROTOCOL_UNSUPPORTED: 400,
    ErrorCode.STORAGE_FULL: 507,
    ErrorCode.PROJECT_UNCLEAR: 422,
    ErrorCode.INTERNAL_ERROR: 500,
}
"""The usual HTTP status of each code; an error may carry another where an RFC asks for it (400, 431)."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of the input. `field` is a dotted path, empty for the body itself."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """The body of every error: RFC 9457 `application/problem+json`, with our `code` and `request_id`."""

    title: str
    status: int
    code: ErrorCode
    detail: str
    request_id: str = ""
    type: str = "about:blank"
    errors: list[FieldError] = field(default_factory=list)
    diagnostic: Diagnostic | None = None
    limit: int | None = None
    used: int | None = None
    reset_at: str | None = None
    operation_id: str | None = None
    """With `OFFLINE_QUEUED`: under which id `GET /v1/operations` shows the change."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A place in the user's source and what is wrong there. `line` and `column` count from 1."""

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    frame: str | None = None
    hint: str | None = None


class HiveSyncError(Exception):
    """Base of every failure that a caller may handle.

    `detail` is one or two sentences for a person: what happened and what to do next. It never holds
    a secret, since it is logged and shown.
    """

    code: ClassVar[ErrorCode] = ErrorCode.INTERNAL_ERROR
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        detail: str,
        *,
        status: int | None = None,
        errors: list[FieldError] | None = None,
        diagnostic: Diagnostic | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status or STATUS_OF[self.code]
        self.errors = errors or []
        self.diagnostic = diagnostic

    def problem(self, request_id: str = "") -> Problem:
        """Give the wire form of this error."""
        return Problem(
            title=title_of(self.status),
            status=self.status,
            code=self.code,
            detail=self.detail,
            request_id=request_id,
            errors=self.errors,
            diagnostic=self.diagnostic,
        )
