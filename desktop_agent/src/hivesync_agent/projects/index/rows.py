"""One row of the index: a folder, its admitted files and folders. No object per file."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

STAMP_NUMBERS = 4
DIGEST_BYTES = 32
KEPT_OUT = bytes(DIGEST_BYTES)
"""In place of a hash: the file is known and must not be told, since it holds a key or can't be read."""

_SIGNED = 2**63 - 1


def numbers_of(size: int, mtime_ns: int, ctime_ns: int, inode: int) -> tuple[int, int, int, int]:
    """Give the stamp of a file in four numbers that SQLite and arrays can hold (NTFS has unsigned inodes)."""
    return size, mtime_ns, ctime_ns, inode & _SIGNED


@dataclass(slots=True)
class FolderRow:
    """`stamp` of the folder itself is empty when it was changed too lately, or holds links: then its names
    are read anew. `rules` names the ignore lists that were in force, `lists` those that lie in it."""

    stamp: bytes
    rules: bytes
    lists: str
    names: list[str]
    stamps: array[int]
    digests: bytes
    folders: list[str]
    skipped: list[str]

    def digest(self, position: int) -> bytes:
        """Give the hash of the file at `position` of `names`."""
        return self.digests[position * DIGEST_BYTES : (position + 1) * DIGEST_BYTES]

    def known(self) -> dict[str, tuple[array[int], bytes]]:
        """Give stamp and hash of every file by its name."""
        return {name: (self.numbers(at), self.digest(at)) for at, name in enumerate(self.names)}

    def numbers(self, position: int) -> array[int]:
        """Give the stamp of the file at `position` of `names`."""
        return self.stamps[position * STAMP_NUMBERS : (position + 1) * STAMP_NUMBERS]

    def files(self) -> Iterator[tuple[str, int, bytes]]:
        """Give name, size and hash of the files that may be told."""
        for position, name in enumerate(self.names):
            if (digest := self.digest(position)) != KEPT_OUT:
                yield name, self.stamps[position * STAMP_NUMBERS], digest

    def left_out(self) -> Iterator[str]:
        """Give the names of what is kept out by name or by content."""
        yield from self.skipped
        yield from (name for at, name in enumerate(self.names) if self.digest(at) == KEPT_OUT)
