"""Users, sign-in and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class Tier(StrEnum):
    FREE = "free"
    PRO = "pro"
    PREMIUM = "premium"


@dataclass(frozen=True, slots=True)
class RegisterRequest:
    """`POST /auth/register`. `username`: 3–32 of `a-z 0-9 _ -`; `password`: 10–256 characters."""

    email: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """`POST /auth/login`. `login` is an email address or a username; `email` is accepted for it.

    An account with a second factor needs one of `totp_code` (six digits) and `recovery_code` as well: without
    it a right password is answered by `TOTP_REQUIRED`.
    """

    password: str
    login: str | None = None
    email: str | None = None
    totp_code: str | None = None
    recovery_code: str | None = None


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """`POST /auth/refresh` and `POST /auth/logout`."""

    refresh_token: str


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A signed-in session. `expires_in` is the access token's life in seconds (≤ 900)."""

    access_token: str
    expires_in: int
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"


@dataclass(frozen=True, slots=True)
class BearerToken:
    """`hivesync token --json`, for editors in Direct Mode. `expires_in`: how many seconds it still lasts."""

    access_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """Answer of `POST /auth/device/code` (RFC 8628 §3.2). Times in seconds."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


@dataclass(frozen=True, slots=True)
class OAuthError:
    """Error body of `device/*` (RFC 6749 §5.2), where clients expect it instead of a problem."""

    error: str
    error_description: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """`GET /auth/me`."""

    id: str
    email: str
    username: str
    tier: Tier
    is_admin: bool
    email_verified: bool
    created_at: datetime
