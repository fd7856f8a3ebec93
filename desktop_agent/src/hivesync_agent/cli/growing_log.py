"""A log that grows, and rotates while it is read. Keeps no file open: on Windows that would hinder it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from hivesync_agent.log import LOG_FILES, redact


class GrowingLog:
    """Gives each line once: what was written before a rotation is found in the file that was set aside."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode = 0
        self._position = 0

    def new_lines(self) -> Iterator[str]:
        """Give the whole lines that are new, redacted; none while there is no file."""
        for path in self._unread_files():
            try:
                with path.open("rb") as file:
                    lines = self._read(file.fileno())
            except FileNotFoundError:
                continue  # rotated away just now; the next look finds it under its next name
            yield from lines

    def _unread_files(self) -> list[Path]:
        """Give the files from the one read last to the newest, oldest first."""
        if self._inode == 0:
            return [self._path]
        aside = [self._path.with_name(f"{self._path.name}.{number}") for number in range(1, LOG_FILES + 1)]
        files = [self._path, *aside]
        known = next((index for index, path in enumerate(files) if _inode(path) == self._inode), 0)
        return files[known::-1]

    def _read(self, descriptor: int) -> list[str]:
        info = os.fstat(descriptor)
        if info.st_ino != self._inode or info.st_size < self._position:
            self._inode, self._position = info.st_ino, 0
        os.lseek(descriptor, self._position, os.SEEK_SET)
        added = os.read(descriptor, info.st_size - self._position)
        whole = added[: added.rfind(b"\n") + 1]
        self._position += len(whole)
        return [redact(line) for line in whole.decode("utf-8", "replace").splitlines()]


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0
