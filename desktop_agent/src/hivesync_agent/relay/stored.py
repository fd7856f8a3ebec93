"""What the relay remembers of an earlier answer, in the shape in which it is given again."""

from __future__ import annotations

from dataclasses import dataclass

RawHeader = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One whole 200 answer to a GET, and how old it is (RFC 9111 §4.2.3)."""

    status: int
    headers: tuple[RawHeader, ...]
    body: bytes
    age_seconds: int
