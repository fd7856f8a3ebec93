"""Open files of a project, and only those: never through a link that leads out, never a device or pipe.

A project may reach beyond its root, into folders of its workspace that are approved (`Confines`).

Checking a path and then opening it leaves a moment in which a component can be swapped for a link
(CWE-367). So the resolved path is opened component by component, each relative to the one before and
without following links; where the platform can't do that, the opened file is compared with the path.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from hivesync_agent.projects.refusals import PathRefused

FILE_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)
# Without O_NONBLOCK, opening a pipe would wait for a writer for ever.
FILE_FLAGS |= getattr(os, "O_NONBLOCK", 0)
FOLDER_FLAGS = FILE_FLAGS | getattr(os, "O_DIRECTORY", 0)
RELATIVE_OPEN = os.open in os.supports_dir_fd

Identity = tuple[int, int]
"""Device and inode: what a path leads to, however it is spelled, linked or mounted."""


def identity(path: Path | str) -> Identity | None:
    """Give device and inode of what a path leads to; None if it leads nowhere."""
    try:
        info = os.stat(path)
    except (OSError, ValueError):
        return None
    return info.st_dev, info.st_ino


@dataclass(frozen=True, slots=True)
class Confines:
    """Where a project's files lie: `approved` folders, and single files, by their paths relative to `base`.

    `base` has its links resolved. Empty text names `base` itself, which is all of it.
    """

    base: Path
    approved: frozenset[str] = frozenset({""})

    def part_of(self, relative: str) -> str | None:
        """Give the innermost approved folder, or file, that a path lies in by its text; None for none."""
        # By text: objects for the folders of hundreds of files take longer than reading those.
        parts = [part for part in relative.split("/") if part not in ("", ".")]
        if ".." in parts or relative.startswith("/"):
            return None
        for count in range(len(parts), -1, -1):
            if (name := "/".join(parts[:count])) in self.approved:
                return name
        return None


Within = Path | Confines
"""A folder with all that is below it, or the approved parts of one."""


def real_path(within: Within, relative: str) -> PurePath:
    """Give the path relative to the folder with all links resolved; raise `PathRefused` if it leads out.

    The folder itself is resolved. Raises `OSError` for a missing file or a loop of links.
    """
    confines = within if isinstance(within, Confines) else Confines(within)
    resolved = os.path.realpath(confines.base / relative, strict=True)
    real = _below(confines.base, resolved)
    if real is not None and confines.part_of(real.as_posix()) is not None:
        return real
    raise PathRefused(f"{relative} leads out of the project, to {resolved}, so it is not read.")


def _below(base: Path, resolved: str) -> PurePath | None:
    if resolved.startswith(top := f"{base}{os.sep}"):
        return PurePath(resolved[len(top) :])
    # The base itself, the root of a disk, or Windows, where case may differ.
    path = Path(resolved)
    return path.relative_to(base) if path.is_relative_to(base) else None


def open_inside(within: Within, relative: str) -> BinaryIO:
    """Open a regular file for reading; raise `PathRefused`, or `OSError` if it is gone."""
    descriptor = _open(within, real_path(within, relative))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise PathRefused(f"{relative} is not a regular file, so it is not read.")
        return os.fdopen(descriptor, "rb", buffering=0)
    except BaseException:
        os.close(descriptor)
        raise


def read_inside(within: Within, relative: str, limit_bytes: int) -> bytes | None:
    """Give a small file's bytes; None if it is absent, unreadable, larger, or not ours to read."""
    with contextlib.suppress(OSError, PathRefused), open_inside(within, relative) as file:
        content = file.read(limit_bytes + 1)
        if content is not None and len(content) <= limit_bytes:
            return content
    return None


def _open(within: Within, relative: PurePath) -> int:
    base = within.base if isinstance(within, Confines) else within
    if not RELATIVE_OPEN:
        return _open_and_compare(within, base, relative)
    with descend(base, relative.parts[:-1]) as folder:
        return os.open(relative.name, FILE_FLAGS, dir_fd=folder)


@contextlib.contextmanager
def descend(root: Path, parts: Iterable[str]) -> Iterator[int]:
    """Open a folder below `root`, one part at a time and none of them a link."""
    folder = os.open(root, FOLDER_FLAGS)
    try:
        for part in parts:
            inner = os.open(part, FOLDER_FLAGS, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def _open_and_compare(within: Within, base: Path, relative: PurePath) -> int:
    descriptor = os.open(base / relative, FILE_FLAGS)
    try:
        if real_path(within, str(relative)) == relative and os.path.samestat(
            os.fstat(descriptor), os.lstat(base / relative)
        ):
            return descriptor
        raise PathRefused(f"{relative.as_posix()} was replaced while it was opened, so it is not read.")
    except BaseException:
        os.close(descriptor)
        raise
