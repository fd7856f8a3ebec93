"""Failures of sign-in. Their texts are the same whether an account exists or not."""

from __future__ import annotations

from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_server.adapters.db import RecordedRefusal
from hivesync_server.retry_later import RetryLater


class AuthRequired(HiveSyncError):
    """No token came with the request."""

    code = ErrorCode.AUTH_REQUIRED


class AuthInvalid(HiveSyncError):
    """The token or the password is wrong, or the session has ended."""

    code = ErrorCode.AUTH_INVALID


class AccountDisabled(AuthInvalid):
    """The server's administrators have shut the account."""

    def __init__(self) -> None:
        super().__init__("This account is disabled; ask the administrators of this server.")


class AuthExpired(HiveSyncError):
    """The token was right once."""

    code = ErrorCode.AUTH_EXPIRED


class RefreshReused(RecordedRefusal):
    """A retired refresh token came back: someone has a copy. The session is ended, and that must stay."""

    code = ErrorCode.AUTH_INVALID


class PasswordWrong(HiveSyncError):
    """The password that protects an act is wrong. The session is all right, so this is no 401."""

    code = ErrorCode.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("The password is wrong; nothing was changed.")


class MailedTokenUnknown(HiveSyncError):
    """The token of a mail is unknown, used or too old: the answer is the same."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("This link is unknown, was used, or is too old; ask for a new mail.")


class TooManyMails(RetryLater):
    """Someone asks for many mails."""

    code = ErrorCode.RATE_LIMITED

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "Too many mails were asked for from your network; wait an hour, then try again.", seconds
        )


class AccountTaken(HiveSyncError):
    """Address or name belongs to someone; the answer does not say which."""

    code = ErrorCode.CONFLICT
