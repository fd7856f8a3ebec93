"""The bytes of an upload, read while they are sent and never all at once. Refuses to finish a body whose
bytes are not those that were hashed: a file saved in between is noticed, not mixed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from hivesync_agent.projects.confined import open_inside
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.snapshot import SourceFile

CHUNK_BYTES = 256 * 1024


class FileMoved(Exception):
    """A file is not what it was when it was hashed. `disk` is its path on disk, relative to the root."""

    def __init__(self, disk: str) -> None:
        super().__init__(disk)
        self.disk = disk


class UploadBody:
    """Files one after another. Keeps what went wrong, since aiohttp reports only a lost connection."""

    def __init__(self, root: Path, files: Sequence[SourceFile]) -> None:
        self._root = root
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
                async for chunk in _verified(self._root, file):
                    yield chunk
        except FileMoved as exc:
            self.moved = exc
            raise


async def _verified(root: Path, file: SourceFile) -> AsyncIterator[bytes]:
    """Give a file's bytes with the last piece held back until the hash of all of them is right."""
    reader = await asyncio.to_thread(_Reader, root, file)
    try:
        while piece := await asyncio.to_thread(reader.next):
            yield piece
    finally:
        reader.close()


class _Reader:
    """Reads one file for a thread, a piece ahead of what it has given out."""

    def __init__(self, root: Path, file: SourceFile) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._left = file.entry.size
        try:
            self._source = open_inside(root, file.disk)
        except (OSError, PathRefused) as exc:
            raise FileMoved(file.disk) from exc
        self._ahead = self._read()

    def next(self) -> bytes:
        """Give the next piece, the last one only if all of them fit the hash; nothing at the end."""
        piece, self._ahead = self._ahead, self._read()
        if piece and not self._ahead:
            self._verify()
        return piece

    def close(self) -> None:
        self._source.close()

    def _read(self) -> bytes:
        try:
            piece = self._source.read(min(CHUNK_BYTES, self._left))
        except OSError as exc:
            raise FileMoved(self._file.disk) from exc
        self._digest.update(piece)
        self._left -= len(piece)
        return piece

    def _verify(self) -> None:
        has_more = self._source.read(1)
        if self._left or has_more or self._digest.hexdigest() != self._file.entry.sha256:
            raise FileMoved(self._file.disk)
