"""The bytes of an upload, read while they are sent and never all at once. Refuses to finish a body whose
bytes are not those that were hashed: a file saved in between is noticed, not mixed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence

from hivesync_agent.projects.confined import Within, open_inside
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.snapshot import SourceFile

CHUNK_BYTES = 256 * 1024


class FileMoved(Exception):
    """A file is not what it was when it was hashed. `disk` is its path on disk, from the project's base."""

    def __init__(self, disk: str) -> None:
        super().__init__(disk)
        self.disk = disk


class UploadBody:
    """Files one after another. Keeps what went wrong, since aiohttp reports only a lost connection."""

    def __init__(self, within: Within, files: Sequence[SourceFile]) -> None:
        self._within = within
        self._files = files
        self.moved: FileMoved | None = None

    @property
    def size_bytes(self) -> int:
        """Give the length that the manifest promises."""
        return sum(file.entry.size for file in self._files)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Give the bytes; raise `FileMoved` before the last piece of a file that has changed."""
        self.moved = None
        try:
            for file in self._files:
                async for chunk in _verified(self._within, file):
                    yield chunk
        except FileMoved as exc:
            self.moved = exc
            raise


async def _verified(within: Within, file: SourceFile) -> AsyncIterator[bytes]:
    """Give a file's bytes with the end held back until the hash of all of them is right.

    Each piece opens the file anew: whoever stops listening in the middle leaves nothing open behind.
    """
    digest, offset, held = hashlib.sha256(), 0, b""
    while True:
        left = file.entry.size - offset
        # One byte more than is left shows a file that has grown.
        piece = await asyncio.to_thread(_read, within, file.disk, offset, min(CHUNK_BYTES, left + 1))
        digest.update(piece)
        offset += len(piece)
        if left < CHUNK_BYTES or len(piece) < CHUNK_BYTES:
            break
        if held:
            yield held
        held = piece
    if offset != file.entry.size or digest.hexdigest() != file.entry.sha256:
        raise FileMoved(file.disk)
    for rest in (held, piece):
        if rest:
            yield rest


def _read(within: Within, disk: str, offset: int, size_bytes: int) -> bytes:
    try:
        with open_inside(within, disk) as source:
            source.seek(offset)
            return source.read(size_bytes)
    except (OSError, PathRefused) as exc:
        raise FileMoved(disk) from exc
