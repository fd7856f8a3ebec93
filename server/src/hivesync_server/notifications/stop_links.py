"""Links that end mails of a kind, without signing in: as mail programs ask for (RFC 8058).

The token is in the address, since a mail program posts to just that address. It entitles to nothing but fewer
mails, and so never ends.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from hivesync_server.settings.secrets import Secret

PATH = "/mails/stop"
DIGEST = "digest"
_INFO = b"hivesync/stop-mails/v1/"


@dataclass(frozen=True, slots=True)
class StopLinks:
    """Makes and reads them. The first key signs, all are accepted."""

    base_url: str
    keys: Sequence[Secret]

    def link(self, user_id: str, what: str) -> str:
        """Give the link by which a user stops mails of `what`: a notification type, or `DIGEST`."""
        return f"{self.base_url}{PATH}/{user_id}/{what}/{_signature(self.keys[0], user_id, what)}"

    def is_right(self, user_id: str, what: str, signature: str) -> bool:
        """Tell whether a link is one of ours."""
        given = signature.encode()
        return any(hmac.compare_digest(_signature(key, user_id, what).encode(), given) for key in self.keys)


def _signature(key: Secret, user_id: str, what: str) -> str:
    secret = hashlib.sha256(_INFO + key.reveal().encode()).digest()
    made = hmac.new(secret, f"{user_id}/{what}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
