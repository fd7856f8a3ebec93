"""What is kept of a signed-in session. Unknown or damaged content reads as no session."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field, replace

SCHEMA = 1
_MARGIN_SECONDS = 30.0
"""An access token this close to its end is not handed out: it must outlive the request."""


@dataclass(frozen=True, slots=True)
class StoredSession:
    """The stored value. Times are seconds since 1970.

    `access_token` is kept only by clients without an agent, beside the refresh token that is worth
    more anyway: so twenty commands started together need one refresh, not twenty.
    """

    refresh_token: str = field(repr=False)
    user_id: str = ""
    saved_at: float = 0.0
    access_token: str | None = field(default=None, repr=False)
    access_expires_at: float = 0.0

    def to_json(self) -> str:
        """Give the stored text: ASCII, with a schema number."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> StoredSession | None:
        """Read the stored text; None if it is not ours or from a newer release."""
        try:
            data = json.loads(text)
        except ValueError:
            return None
        if not isinstance(data, dict) or data.pop("schema", None) != SCHEMA:
            return None
        if not isinstance(data.get("refresh_token"), str):
            return None
        try:
            return cls(**data)
        except TypeError:
            return None

    def usable_access_token(self, now_seconds: float) -> str | None:
        """Give the kept access token if it lasts a little longer."""
        if self.access_token and now_seconds < self.access_expires_at - _MARGIN_SECONDS:
            return self.access_token
        return None

    def without_access_token(self) -> StoredSession:
        """Give the session as the agent stores it: its access token stays in memory."""
        return replace(self, access_token=None, access_expires_at=0.0)


def new_session(refresh_token: str, user_id: str) -> StoredSession:
    """Give a session to store now."""
    return StoredSession(refresh_token, user_id, saved_at=time.time())
