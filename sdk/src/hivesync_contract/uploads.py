"""Uploads that go straight to the object store, by addresses that the backend signs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ObjectUpload:
    """One `PUT` of exactly `size` bytes, with exactly these headers; the store refuses other bytes."""

    url: str
    size: int
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileUploadPlan:
    """How to send a file: by one `PUT`, or each of `parts` by its own, in any order, until `expires_at`.

    The first part is number 1. The store answers each with an `ETag`, which `complete` wants to know.
    """

    expires_at: datetime
    put: ObjectUpload | None = None
    parts: list[ObjectUpload] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class UploadedPart:
    """A part that the store has taken. `etag`: the answer's header as it came, with its quotes."""

    number: int
    etag: str
