"""Whose an access token is, read from the token itself. Refuses to judge it: that is the backend's to do.

The agent only has to notice that another user's session lies in the store now. It believes the token more
than what is stored beside it, since the token is what the backend answers by.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

import msgspec


@dataclass(frozen=True, slots=True)
class _Claims:
    sub: str


def subject_of(access_token: str) -> str | None:
    """Give the user's id (RFC 7519 §4.1.2), or None if the token does not tell."""
    parts = access_token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return msgspec.json.decode(claims, type=_Claims).sub or None
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        return None
