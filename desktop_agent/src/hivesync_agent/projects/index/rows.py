"""One row of the index: a folder, its admitted files and folders. No object per file."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

STAMP_NUMBERS = 4
DIGEST_BYTES = 32
KEPT_OUT = bytes(DIGEST_BYTES)
"""In place of a hash: the file is known and must not be told, since it holds a key or can't be read."""

LARGEST_INODE = 2**63 - 1
"""What SQLite and arrays can hold; NTFS has unsigned inodes."""

Numbers = tuple[int, int, int, int]
"""What tells, without reading it, that a file is as it was: size, times of change in ns, inode."""


@dataclass(slots=True)
class FolderRow:
    """`stamp` of the folder itself is empty when it was changed too lately, or holds links: then its names
    are read anew. `rules` names the ignore lists that were in force, `lists` those that lie in it."""

    stamp: bytes
    rules: bytes
    lists: list[str]
    names: list[str]
    stamps: array[int]
    digests: bytes
    folders: list[str]
    skipped: list[str]

    def digest(self, position: int) -> bytes:
        """Give the hash of the file at `position` of `names`."""
        return self.digests[position * DIGEST_BYTES : (position + 1) * DIGEST_BYTES]

    def known(self) -> dict[str, tuple[Numbers, bytes]]:
        """Give stamp and hash of every file by its name."""
        columns = (self.stamps[column::STAMP_NUMBERS] for column in range(STAMP_NUMBERS))
        numbers = zip(*columns, strict=True)
        return {
            name: (stamp, self.digest(at))
            for at, (name, stamp) in enumerate(zip(self.names, numbers, strict=True))
        }

    def files(self) -> Iterator[tuple[str, int, bytes]]:
        """Give name, size and hash of the files that may be told."""
        for position, name in enumerate(self.names):
            if (digest := self.digest(position)) != KEPT_OUT:
                yield name, self.stamps[position * STAMP_NUMBERS], digest

    def left_out(self) -> Iterator[str]:
        """Give the names of what is kept out by name or by content."""
        yield from self.skipped
        yield from (name for at, name in enumerate(self.names) if self.digest(at) == KEPT_OUT)
