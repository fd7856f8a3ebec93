"""Limits on what changes of credentials take; the shapes themselves are the contract's."""

from __future__ import annotations

from hivesync_contract.accounts import (
    AddressRequest,
    EmailChangeRequest,
    MailedTokenRequest,
    PasswordChangeRequest,
    PasswordResetRequest,
)
from pydantic.dataclasses import dataclass

from hivesync_server.auth.schemas import Email, NewPassword, Password, Token
from hivesync_server.http.fields import STRICT


@dataclass(frozen=True, slots=True, config=STRICT)
class AddressBody(AddressRequest):
    """Body of `email/resend` and `password/forgot`."""

    email: Email


@dataclass(frozen=True, slots=True, config=STRICT)
class MailedTokenBody(MailedTokenRequest):
    """Body of `email/verify` and `email/revert`."""

    token: Token


@dataclass(frozen=True, slots=True, config=STRICT)
class PasswordResetBody(PasswordResetRequest):
    """Body of `password/reset`."""

    token: Token
    password: NewPassword


@dataclass(frozen=True, slots=True, config=STRICT)
class PasswordChangeBody(PasswordChangeRequest):
    """Body of `password/change`."""

    current_password: Password
    new_password: NewPassword
    end_api_keys: bool = False


@dataclass(frozen=True, slots=True, config=STRICT)
class EmailChangeBody(EmailChangeRequest):
    """Body of `email/change`."""

    email: Email
    password: Password
