"""Bring the files of one folder up to date: hash what is new or changed, and nothing else."""

from __future__ import annotations

from array import array
from collections.abc import Collection
from typing import NamedTuple

from hivesync_agent.projects.index.folder import OpenFolder
from hivesync_agent.projects.index.rows import FolderRow

RACY_SECONDS = 2.0
"""What was changed so shortly before a pass may change again without its times telling (git says racy)."""

_NEVER = -1


class Files(NamedTuple):
    """The files of a folder as a row holds them, and how many had to be read for it."""

    names: list[str]
    stamps: array[int]
    digests: bytes
    read: int


def bring_up_to_date(
    place: OpenFolder, names: list[str], links: Collection[str], row: FolderRow | None, settled_ns: int
) -> Files:
    """Give `names`, those behind `links` among them, as they are now. Of a file that changed after
    `settled_ns` no stamp is kept that a later one could equal."""
    present: list[str] = []
    stamps: list[int] = []
    digests: list[bytes] = []
    known = row.known() if row is not None else {}
    read = 0
    for name in names:
        before = known.get(name)
        if before is not None and place.numbers(name) == before[0]:
            numbers, digest = before
        else:
            found = place.hash_link(name) if name in links else place.hash(name)
            if found is None:
                continue
            numbers, digest = found
            read += 1
            if numbers[1] > settled_ns or numbers[2] > settled_ns:
                numbers = (numbers[0], _NEVER, _NEVER, _NEVER)
        present.append(name)
        stamps += numbers
        digests.append(digest)
    return Files(present, array("q", stamps), b"".join(digests), read)
