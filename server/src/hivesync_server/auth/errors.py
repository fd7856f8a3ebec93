"""Failures of sign-in. Their texts are the same whether an account exists or not."""

from __future__ import annotations

from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_server.adapters.db import RecordedRefusal


class AuthRequired(HiveSyncError):
    """No token came with the request."""

    code = ErrorCode.AUTH_REQUIRED


class AuthInvalid(HiveSyncError):
    """The token or the password is wrong, or the session has ended."""

    code = ErrorCode.AUTH_INVALID


class AuthExpired(HiveSyncError):
    """The token was right once."""

    code = ErrorCode.AUTH_EXPIRED


class RefreshReused(RecordedRefusal):
    """A retired refresh token came back: someone has a copy. The session is ended, and that must stay."""

    code = ErrorCode.AUTH_INVALID


class AccountTaken(HiveSyncError):
    """Address or name belongs to someone; the answer does not say which."""

    code = ErrorCode.CONFLICT
