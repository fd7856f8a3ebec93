"""Limits on what sign-in takes; the shapes themselves are the contract's."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from hivesync_contract.identity import LoginRequest, RefreshRequest, RegisterRequest
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.dataclasses import dataclass

from hivesync_server.auth.totp.proof import Proof
from hivesync_server.http.fields import STRICT

_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)
"""HTML's rule for an email field, in lower case."""
_USERNAME = re.compile(r"^[a-z0-9_-]{3,32}$")


def normal_login(value: str) -> str:
    """Give an address or name in the form in which it is stored."""
    return unicodedata.normalize("NFC", value.strip()).lower()


def _email(value: str) -> str:
    normal = normal_login(value)
    if len(normal) > 254 or not _EMAIL.fullmatch(normal):
        raise ValueError("must be an email address")
    return normal


def _username(value: str) -> str:
    # Before the pattern, which stays for the API's description: its own message is for programmers.
    if isinstance(value, str) and not _USERNAME.fullmatch(value):
        raise ValueError("must be 3 to 32 of a to z, 0 to 9, _ and -")
    return value


def _totp_code(value: str) -> str:
    digits = value.replace(" ", "")
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        raise ValueError("must be six digits")
    return digits


Email = Annotated[str, Field(max_length=320), AfterValidator(_email)]
Username = Annotated[str, Field(pattern=_USERNAME.pattern), BeforeValidator(_username)]
NewPassword = Annotated[str, Field(min_length=10, max_length=256)]
Password = Annotated[str, Field(min_length=1, max_length=256)]
Login = Annotated[str, Field(max_length=320), AfterValidator(normal_login)]
Token = Annotated[str, Field(min_length=1, max_length=512)]
TotpCode = Annotated[str, Field(max_length=16), AfterValidator(_totp_code)]
"""Apps show `123 456`, and people type what they see."""

RecoveryCode = Annotated[str, Field(min_length=1, max_length=64)]


@dataclass(frozen=True, slots=True, config=STRICT)
class RegisterBody(RegisterRequest):
    """Body of `register`."""

    email: Email
    username: Username
    password: NewPassword


@dataclass(frozen=True, slots=True, config=STRICT)
class LoginBody(LoginRequest):
    """Body of `login`: one of `login` and `email`."""

    password: Password
    login: Login | None = None
    email: Login | None = None
    totp_code: TotpCode | None = None
    recovery_code: RecoveryCode | None = None

    def __post_init__(self) -> None:
        if (self.login is None) == (self.email is None):
            raise ValueError("give either login or email")

    @property
    def name(self) -> str:
        """Give whichever came."""
        return self.login or self.email or ""

    @property
    def proof(self) -> Proof:
        """Give what stands for the second factor."""
        return Proof(self.totp_code, self.recovery_code)


@dataclass(frozen=True, slots=True, config=STRICT)
class RefreshBody(RefreshRequest):
    """Body of `refresh`, and of `logout`."""

    refresh_token: Token
