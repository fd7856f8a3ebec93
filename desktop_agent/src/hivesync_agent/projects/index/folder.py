"""One folder, held open while its files are read: a name in it can't be swapped for a link to elsewhere.

Where files can't be opened relative to a folder (Windows), each goes through `open_inside` instead.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from hivesync_agent.projects.confined import FILE_FLAGS, RELATIVE_OPEN, descend, open_inside
from hivesync_agent.projects.index.rows import KEPT_OUT, numbers_of
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.secrets import holds_private_key

LARGEST_BYTES = 256 * 1024 * 1024
"""More than any tier takes in one preview: such a file is known by its name only."""

_CHUNK_BYTES = 256 * 1024
Hashed = tuple[tuple[int, int, int, int], bytes]


class OpenFolder:
    """Reads the files of one folder below `root`."""

    def __init__(self, root: Path, folder: str, descriptor: int | None) -> None:
        self._root = root
        self._folder = folder
        self._descriptor = descriptor

    def hash(self, name: str, *, is_link: bool) -> Hashed | None:
        """Give stamp and hash of a file: `KEPT_OUT` for one that holds a key, is too large or not readable.

        None if there is no such regular file any more.
        """
        try:
            descriptor = self._open(name, is_link=is_link)
        except FileNotFoundError:
            return None
        except (OSError, PathRefused):
            return self._unreadable(name)
        try:
            return _hashed(descriptor, name)
        except OSError:
            return self._unreadable(name)
        finally:
            os.close(descriptor)

    def _open(self, name: str, *, is_link: bool) -> int:
        if self._descriptor is not None and not is_link:
            return os.open(name, FILE_FLAGS, dir_fd=self._descriptor)
        with open_inside(self._root, f"{self._folder}/{name}" if self._folder else name) as file:
            return os.dup(file.fileno())

    def _unreadable(self, name: str) -> Hashed | None:
        """Keep the stamp, so that it is tried again when the file changes, and not each time."""
        with contextlib.suppress(OSError):
            return _numbers(os.stat(self._root / self._folder / name)), KEPT_OUT
        return None


@contextlib.contextmanager
def opened(root: Path, folder: str) -> Iterator[OpenFolder]:
    """Hold a folder open; raise `OSError` where it is gone, or is a link by now."""
    if not RELATIVE_OPEN:
        yield OpenFolder(root, folder, None)
        return
    with descend(root, Path(folder).parts if folder else ()) as descriptor:
        yield OpenFolder(root, folder, descriptor)


def _hashed(descriptor: int, name: str) -> Hashed | None:
    info = os.fstat(descriptor)
    if not stat.S_ISREG(info.st_mode):
        return None
    if info.st_size > LARGEST_BYTES:
        return _numbers(info), KEPT_OUT
    # A buffer no larger than needed: to ask for 256 KB each time costs three times the hashing itself.
    wanted = min(info.st_size + 1, _CHUNK_BYTES)
    chunk = beginning = os.read(descriptor, wanted)
    digest, size = sha256(chunk), len(chunk)
    while len(chunk) == wanted:
        chunk = os.read(descriptor, _CHUNK_BYTES)
        wanted = _CHUNK_BYTES
        digest.update(chunk)
        size += len(chunk)
    mtime_ns, ctime_ns = info.st_mtime_ns, info.st_ctime_ns
    # The size that was hashed, should the file have grown meanwhile: a later look then finds the difference.
    numbers = numbers_of(size, mtime_ns, ctime_ns, info.st_ino)
    return numbers, KEPT_OUT if holds_private_key(name, beginning) else digest.digest()


def _numbers(info: os.stat_result) -> tuple[int, int, int, int]:
    return numbers_of(info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)
