"""What people do with their own account: confirm it, change its address or password, describe themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
    """`POST /auth/password/change`. `end_api_keys`: delete all API keys, too; a reset by mail always does."""

    current_password: str
    new_password: str
    end_api_keys: bool = False


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


@dataclass(frozen=True, slots=True)
class TotpStatus:
    """`GET /auth/totp`. `recovery_codes_left`: how many of the ten were not used yet."""

    enabled: bool
    enabled_at: datetime | None
    recovery_codes_left: int


@dataclass(frozen=True, slots=True)
class TotpEnrolRequest:
    """`POST /auth/totp`."""

    password: str


@dataclass(frozen=True, slots=True)
class TotpEnrolment:
    """Answer of `POST /auth/totp`, for an authenticator app. It is shown once: repeated, it holds nulls."""

    secret: str | None
    otpauth_uri: str | None
    qr_svg: str | None


@dataclass(frozen=True, slots=True)
class TotpConfirmRequest:
    """`POST /auth/totp/confirm`. `code`: the six digits that the app shows."""

    code: str


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """Ten codes that each replace one code of the app, once. They are shown once: repeated, this is null."""

    codes: list[str] | None


@dataclass(frozen=True, slots=True)
class ProtectedRequest:
    """What proves again who asks: `POST /auth/totp/disable`, `POST /auth/totp/recovery-codes`,
    `DELETE /profile`.

    One of `totp_code` and `recovery_code` comes along where the second factor is on.
    """

    password: str
    totp_code: str | None = None
    recovery_code: str | None = None


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A session, as `GET /auth/sessions` lists it. `label`: what the program calls itself."""

    id: str
    label: str
    current: bool
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Device:
    """A machine or program that is signed in, at `GET /devices`. `sessions`: how many sign-ins of it live."""

    id: str
    name: str
    current: bool
    sessions: int
    created_at: datetime
    last_used_at: datetime


class ExportState(StrEnum):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Export:
    """`POST, GET /profile/export`: a ZIP of JSON. `size` in bytes; `download_url` lasts five minutes."""

    id: str
    state: ExportState
    size: int
    created_at: datetime
    ready_at: datetime | None
    expires_at: datetime
    download_url: str | None
