"""What domains ask of an object store, and how it fails. Contents go between clients and the store alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_server.retry_later import RetryLater

UPLOAD_SECONDS = 900
"""How long an address takes an upload."""

DOWNLOAD_SECONDS = 300
"""How long an address gives an object: whoever has it needs no account."""


class ObjectStoreUnreachable(RetryLater):
    """The object store did not do it; trying again may help."""

    code = ErrorCode.UPSTREAM_UNREACHABLE

    def __init__(self, detail: str = "The object store did not answer; try again soon.") -> None:
        super().__init__(detail, 2)


class PartsRefused(HiveSyncError):
    """The store has no such upload any more, or not these parts of it."""

    code = ErrorCode.CONFLICT


@dataclass(frozen=True, slots=True)
class PresignedPut:
    """An address that takes one object. `headers` and the body's length are part of its signature."""

    url: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class UploadedPart:
    """A part of a large object, as the store named it when it took it."""

    number: int
    etag: str


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What the store has. `sha256` is None where it doesn't tell."""

    size: int
    sha256: str | None


class ObjectStore(Protocol):
    """One bucket. Every method that waits may raise `ObjectStoreUnreachable`."""

    def presign_put(
        self, key: str, size: int, sha256: str | None = None, content_type: str | None = None
    ) -> PresignedPut:
        """Allow one upload of exactly `size` bytes (and that hash) for 15 minutes. Does no I/O."""
        ...

    def presign_part(self, key: str, upload_id: str, number: int, size: int, md5: str) -> PresignedPut:
        """Allow the upload of one part of exactly these bytes for 15 minutes. Does no I/O."""
        ...

    def presign_get(self, key: str, filename: str, content_type: str) -> str:
        """Allow a download, as a file of that name, for 5 minutes. Does no I/O."""
        ...

    async def put(self, key: str, body: bytes, content_type: str) -> None:
        """Store an object."""
        ...

    async def head(self, key: str) -> StoredObject | None:
        """Tell what is stored there."""
        ...

    async def delete(self, keys: Sequence[str]) -> frozenset[str]:
        """Delete up to 1,000 objects and give the keys of those that stayed; a missing one is no error."""
        ...

    async def names(self, folder: str) -> Sequence[str]:
        """Give up to 1,000 keys that begin with `folder`."""
        ...

    async def begin_multipart(self, key: str, content_type: str) -> str:
        """Begin an upload in parts and give its id."""
        ...

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[UploadedPart]) -> None:
        """Make one object of the parts, or raise `PartsRefused`."""
        ...

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Drop the parts of an upload; one that is over already is no error."""
        ...
