"""Folders, held open while they are listed and their files are read: no name in them can be swapped for a
link to elsewhere meanwhile.

Where files can't be opened relative to a folder (Windows), each goes through `open_inside` instead.
"""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from hivesync_agent.projects.confined import FILE_FLAGS, FOLDER_FLAGS, RELATIVE_OPEN, open_inside
from hivesync_agent.projects.index.rows import KEPT_OUT, LARGEST_INODE, Numbers
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.secrets import holds_private_key

LARGEST_BYTES = 256 * 1024 * 1024
"""More than any tier takes in one preview: such a file is known by its name only."""

_CHUNK_BYTES = 256 * 1024
Hashed = tuple[Numbers, bytes]


class Link(NamedTuple):
    """A link, and what is behind it."""

    name: str
    is_folder: bool
    is_file: bool


class Listing(NamedTuple):
    """What lies in a folder; pipes, devices and the like left out."""

    files: list[str]
    folders: list[str]
    links: list[Link]


class OpenFolder:
    """One folder below `root`. `descriptor` is none where files can't be opened relative to it."""

    def __init__(self, root: Path, folder: str, descriptor: int | None) -> None:
        self._root = root
        self._folder = folder
        self._descriptor = descriptor

    def info(self) -> os.stat_result:
        """Give the folder's own state."""
        return os.lstat(self._path()) if self._descriptor is None else os.fstat(self._descriptor)

    def listing(self) -> Listing:
        """Give its entries, unsorted."""
        found = Listing([], [], [])
        with os.scandir(self._path() if self._descriptor is None else self._descriptor) as entries:
            for entry in entries:
                try:
                    if entry.is_file(follow_symlinks=False):
                        found.files.append(entry.name)
                    elif entry.is_dir(follow_symlinks=False):
                        found.folders.append(entry.name)
                    elif entry.is_symlink():
                        found.links.append(Link(entry.name, entry.is_dir(), entry.is_file()))
                except OSError:
                    continue  # gone meanwhile, or a loop of links
        return found

    def numbers(self, name: str) -> Numbers | None:
        """Give the stamp of a file or of what a link leads to; None if there is none."""
        try:
            if self._descriptor is None:
                return _numbers(os.stat(os.path.join(self._path(), name)))
            return _numbers(os.stat(name, dir_fd=self._descriptor))
        except OSError:
            return None

    def hash(self, name: str) -> Hashed | None:
        """Give stamp and hash of a file: `KEPT_OUT` for one that holds a key, is too large or not readable.

        None if there is no such regular file any more.
        """
        if self._descriptor is None:
            return self.hash_link(name)
        try:
            descriptor = os.open(name, FILE_FLAGS, dir_fd=self._descriptor)
        except FileNotFoundError:
            return None
        except OSError:
            return self._unreadable(name)
        try:
            return _hashed(descriptor, name)
        except OSError:
            return self._unreadable(name)
        finally:
            os.close(descriptor)

    def hash_link(self, name: str) -> Hashed | None:
        """Give the same of what a link leads to, if that lies below the root."""
        try:
            with open_inside(self._root, f"{self._folder}/{name}" if self._folder else name) as file:
                return _hashed(file.fileno(), name)
        except FileNotFoundError:
            return None
        except (OSError, PathRefused):
            return self._unreadable(name)

    def _unreadable(self, name: str) -> Hashed | None:
        """Keep the stamp, so that it is tried again when the file changes, and not each time."""
        numbers = self.numbers(name)
        return None if numbers is None else (numbers, KEPT_OUT)

    def _path(self) -> str:
        return os.path.join(self._root, self._folder)


class Descent:
    """Opens folders below `root`, part by part and none of them a link.

    The way to the last one stays open: what a walk enters next is mostly a child or a neighbour of it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._way: list[tuple[str, int]] = []

    def to(self, folder: str) -> OpenFolder:
        """Open a folder, for use until the next one is opened; raise `OSError` where it is gone or a link."""
        if not RELATIVE_OPEN:
            return OpenFolder(self._root, folder, None)
        parts = ["", *folder.split("/")] if folder else [""]
        common = 0
        while common < len(self._way) and common < len(parts) and self._way[common][0] == parts[common]:
            common += 1
        self._leave(common)
        for part in parts[common:]:
            self._way.append((part, self._step(part)))
        return OpenFolder(self._root, folder, self._way[-1][1])

    def close(self) -> None:
        """Close everything."""
        self._leave(0)

    def _step(self, part: str) -> int:
        if not part:
            return os.open(self._root, FOLDER_FLAGS)
        return os.open(part, FOLDER_FLAGS, dir_fd=self._way[-1][1])

    def _leave(self, count: int) -> None:
        while len(self._way) > count:
            os.close(self._way.pop()[1])


def _hashed(descriptor: int, name: str) -> Hashed | None:
    info = os.fstat(descriptor)
    size = info.st_size
    if not stat.S_ISREG(info.st_mode):
        return None
    if size > LARGEST_BYTES:
        return _numbers(info), KEPT_OUT
    # A buffer no larger than needed: to ask for 256 KB each time costs three times the hashing itself.
    wanted = size + 1 if size < _CHUNK_BYTES else _CHUNK_BYTES
    chunk = beginning = os.read(descriptor, wanted)
    digest, size = sha256(chunk), len(chunk)
    while len(chunk) == wanted:
        chunk = os.read(descriptor, _CHUNK_BYTES)
        wanted = _CHUNK_BYTES
        digest.update(chunk)
        size += len(chunk)
    # The size that was hashed, should the file have grown meanwhile: a later look then finds the difference.
    numbers = size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino & LARGEST_INODE
    return numbers, KEPT_OUT if holds_private_key(name, beginning) else digest.digest()


def _numbers(info: os.stat_result) -> Numbers:
    return info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino & LARGEST_INODE
