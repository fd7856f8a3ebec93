"""API keys: what scripts and CI use instead of a sign-in (`HIVESYNC_TOKEN`).

A key is `hs_`, 43 random characters (256 bits in base 62) and 6 characters of checksum. Secret scanners find
it by `API_KEY_PATTERN`, and tell a real one from something similar by the checksum, without asking anybody.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

API_KEY_PREFIX = "hs_"
API_KEY_PATTERN = r"\bhs_[0-9A-Za-z]{49}\b"
API_KEY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
API_KEY_RANDOM_CHARACTERS = 43
_CHECKSUM_CHARACTERS = 6
_WHOLE = re.compile(r"hs_([0-9A-Za-z]{43})([0-9A-Za-z]{6})")


class ApiKeyScope(StrEnum):
    """`write` includes `read`."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class ApiKeyCreate:
    """`POST /api-keys`. `name`: 1–120 characters; `project_ids`: 1–50, or null for all, later ones too."""

    name: str
    scope: ApiKeyScope = ApiKeyScope.READ
    project_ids: list[str] | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as lists show it: `hint` is its end, enough to recognise it. `last_used_at` is right to a minute.

    `project_ids`: the projects that it is limited to; those that were deleted are gone from it.
    """

    id: str
    name: str
    scope: ApiKeyScope
    project_ids: list[str] | None
    hint: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApiKeyCreated:
    """`key` is shown here and never again: a repeated request (`Idempotency-Key`) gets null."""

    api_key: ApiKey
    key: str | None


def api_key_checksum(random_part: str) -> str:
    """Give the CRC-32 of the random part, in base 62: 6 characters, most significant first."""
    number = zlib.crc32(random_part.encode("ascii"))
    return in_base_62(number, _CHECKSUM_CHARACTERS)


def is_api_key(text: str) -> bool:
    """Tell whether a text has the form of a key and the right checksum."""
    found = _WHOLE.fullmatch(text)
    return found is not None and api_key_checksum(found[1]) == found[2]


def in_base_62(number: int, characters: int) -> str:
    """Write a number in exactly so many characters; it must fit."""
    digits = []
    for _ in range(characters):
        number, digit = divmod(number, len(API_KEY_ALPHABET))
        digits.append(API_KEY_ALPHABET[digit])
    return "".join(reversed(digits))
