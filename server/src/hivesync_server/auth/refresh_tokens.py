"""Refresh tokens: random at sign-in, then each derived from the one before by a key only the server has.

So a client that lost our answer asks again and gets the very same successor, and nobody else can guess it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_PREFIX = "hsr_"
_INFO = b"hivesync/refresh/v1/"


def new_token() -> str:
    """Give the first token of a session."""
    return _PREFIX + secrets.token_urlsafe(32)


def successor(token: str, key: bytes) -> str:
    """Give the token that follows `token`."""
    digest = hmac.new(key, _INFO + token.encode(), hashlib.sha256).digest()
    return _PREFIX + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def token_hash(token: str) -> bytes:
    """Give what is stored of a token. It has 256 random bits, so a fast hash tells nothing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
