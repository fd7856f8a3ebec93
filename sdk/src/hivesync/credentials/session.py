"""What is kept of a signed-in session. Unknown or damaged content reads as no session."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field, replace
from typing import Any

SCHEMA = 1
MARGIN_SECONDS = 30.0
"""An access token this close to its end is renewed: it must outlive the request."""


@dataclass(frozen=True, slots=True)
class StoredSession:
    """The stored value. Times are seconds since 1970.

    `access_token` lies beside the refresh token, which is worth more anyway: so what agent, commands and
    other programs of this machine need at once costs one refresh.
    """

    refresh_token: str = field(repr=False)
    user_id: str = ""
    saved_at: float = 0.0
    access_token: str | None = field(default=None, repr=False)
    access_expires_at: float = 0.0

    def usable_access_token(self, now_seconds: float) -> str | None:
        """Give the kept access token if it lasts a little longer.

        One from a time to come was kept before the clock was set back: its end is no longer known.
        """
        if self.access_token and self.saved_at <= now_seconds < self.access_expires_at - MARGIN_SECONDS:
            return self.access_token
        return None


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is stored for an account: its session, and the tokens of ended ones still to be revoked.

    Both in one value, so that one write signs out and remembers what the backend has yet to be told.
    """

    session: StoredSession | None = None
    ended: tuple[str, ...] = field(default=(), repr=False)

    def to_json(self) -> str:
        """Give the stored text: ASCII, with a schema number."""
        data = {"schema": SCHEMA} | (asdict(self.session) if self.session else {})
        return json.dumps(data | ({"ended": self.ended} if self.ended else {}), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | None) -> Kept:
        """Read the stored text; what is not ours or from a newer release reads as nothing."""
        try:
            data = json.loads(text or "")
        except ValueError:
            return cls()
        if not isinstance(data, dict) or data.pop("schema", None) != SCHEMA:
            return cls()
        ended = data.pop("ended", [])
        tokens = ended if isinstance(ended, list) else []
        return cls(_session(data), tuple(token for token in tokens if isinstance(token, str)))

    def begun(self, session: StoredSession) -> Kept:
        """Give what is kept after a sign-in; a session that it replaces has ended."""
        return replace(self.without_session(), session=session)

    def without_session(self) -> Kept:
        """Give what is kept after a sign-out."""
        return Kept(None, (*self.ended, self.session.refresh_token) if self.session else self.ended)


def new_session(
    refresh_token: str, user_id: str, access_token: str | None = None, expires_in: float = 0.0
) -> StoredSession:
    """Give a session to store now."""
    now = time.time()
    return StoredSession(refresh_token, user_id, now, access_token, now + expires_in if access_token else 0.0)


def _session(data: dict[str, Any]) -> StoredSession | None:
    if not isinstance(data.get("refresh_token"), str):
        return None
    try:
        return StoredSession(**data)
    except TypeError:
        return None
