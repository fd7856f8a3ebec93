"""What the relay remembers of earlier answers, as others may ask for it: the cache's narrow side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

RawHeader = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One whole 200 answer to a GET, and how old it is (RFC 9111 §4.2.3)."""

    status: int
    headers: tuple[RawHeader, ...]
    body: bytes
    age_seconds: int


class AnswerCache(Protocol):
    """Answers of one session's user; nothing of another user or profile is ever found."""

    def lookup(self, method: str, target: str, headers: Sequence[RawHeader] = ()) -> StoredAnswer | None:
        """Give what was last answered to the signed-in user, fresh or stale.

        `headers` are the request's own, for `Vary`. The relay itself answers reads from here while the
        backend can't be reached, marked with `Age` and `X-HiveSync-Offline: <seconds>`.
        """
