"""What people do with their own account: confirm it, change its address or password, describe themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.identity import Tier


@dataclass(frozen=True, slots=True)
class AddressRequest:
    """`POST /auth/email/resend`, `POST /auth/password/forgot`. The answer never tells who has an account."""

    email: str


@dataclass(frozen=True, slots=True)
class MailedTokenRequest:
    """`POST /auth/email/verify` and `POST /auth/email/revert`. `token` comes from a mail and works once."""

    token: str


@dataclass(frozen=True, slots=True)
class PasswordResetRequest:
    """`POST /auth/password/reset`. `password`: 10–256 characters."""

    token: str
    password: str


@dataclass(frozen=True, slots=True)
class PasswordChangeRequest:
    """`POST /auth/password/change`."""

    current_password: str
    new_password: str


@dataclass(frozen=True, slots=True)
class EmailChangeRequest:
    """`POST /auth/email/change`. The address changes once a mail to it was answered."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Profile:
    """`GET, PATCH /profile`. `locale`: a BCP 47 tag; `timezone`: a name of the IANA database."""

    id: str
    username: str
    email: str
    email_verified: bool
    display_name: str
    locale: str
    timezone: str
    tier: Tier
    created_at: datetime
