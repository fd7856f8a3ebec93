"""Access tokens: JWTs of at most 15 minutes that prove a session; whether it lives is asked elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
from hivesync_contract.limits import ACCESS_TOKEN_SECONDS
from hivesync_contract.preview_token import key_id

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.ids import new_id
from hivesync_server.auth.errors import AuthExpired, AuthInvalid
from hivesync_server.settings.groups import TokenSettings

_ALGORITHM = "HS256"
_REMEMBERED = 4096
_AUDIENCE = "hivesync-api"
_CLAIMS = ["sub", "sid", "gen", "iat", "exp", "iss", "aud", "jti"]


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """Whose token it is, and with which refresh token it was issued (`generation`)."""

    user_id: str
    session_id: str
    generation: int
    expires_at: datetime


class AccessTokens:
    """Mints with the first key and accepts all; the algorithm is ours, never the token's."""

    def __init__(self, settings: TokenSettings, clock: Clock) -> None:
        self._issuer = settings.issuer
        self._clock = clock
        keys = [secret.reveal().encode() for secret in settings.keys]
        self._keys = {key_id(key): key for key in keys}
        self._kid = key_id(keys[0])
        # A token is presented many times, and its signature stays right; what may change is asked each time.
        self._decoded = lru_cache(_REMEMBERED)(self._decode)

    def mint(self, user_id: str, session_id: str, generation: int) -> str:
        """Give a new token."""
        now = self._clock()
        claims = {
            "sub": user_id,
            "sid": session_id,
            "gen": generation,
            "iss": self._issuer,
            "aud": _AUDIENCE,
            "iat": now,
            "exp": now + timedelta(seconds=ACCESS_TOKEN_SECONDS),
            "jti": new_id(),
        }
        return jwt.encode(claims, self._keys[self._kid], _ALGORITHM, headers={"kid": self._kid})

    def read(self, token: str) -> AccessClaims:
        """Give the claims, or raise `AuthInvalid` or `AuthExpired`."""
        claims = self._decoded(token)
        expires_at = datetime.fromtimestamp(claims["exp"], self._clock().tzinfo)
        if expires_at <= self._clock():
            raise AuthExpired("The access token has expired; refresh it.")
        if not isinstance(claims["gen"], int) or not isinstance(claims["sid"], str):
            raise AuthInvalid("The access token is not one of ours.")
        return AccessClaims(claims["sub"], claims["sid"], claims["gen"], expires_at)

    def _decode(self, token: str) -> dict[str, Any]:
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            return jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                issuer=self._issuer,
                # Time is judged by our own clock, in `read`.
                options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False},
            )
        except (jwt.PyJWTError, KeyError, TypeError) as error:
            raise AuthInvalid("The access token is not one of ours.") from error
