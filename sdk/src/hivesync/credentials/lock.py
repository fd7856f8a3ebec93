"""A lock between processes: an OS lock on an open file, which a crash releases. Never trusts a pid."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from hivesync.credentials.errors import LockTimeout
from hivesync.private_files import private_folder

POLL_SECONDS = 0.02


class FileLock:
    """Exclusive between processes and between instances of this class; not re-entrant.

    The file is never removed: removing it would let two holders lock two different files.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Tell whether this instance holds the lock."""
        return self._descriptor is not None

    def try_acquire(self) -> bool:
        """Take the lock if it is free; never waits."""
        if self.held:
            return False
        private_folder(self._path.parent)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        if not _lock(descriptor):
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back; closing the file is what releases it."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    @contextlib.contextmanager
    def hold(self, deadline_seconds: float) -> Iterator[None]:
        """Hold the lock, or raise `LockTimeout` when it can't be had in time."""
        end = time.monotonic() + deadline_seconds
        while not self.try_acquire():
            if time.monotonic() >= end:
                raise lock_timeout()
            time.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            self.release()


def is_held(path: Path) -> bool:
    """Tell whether a process holds the lock; makes neither file nor folder."""
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        return not lock.try_acquire()
    finally:
        lock.release()


def lock_timeout() -> LockTimeout:
    """Give the error of a lock that can't be had in time."""
    return LockTimeout("Another HiveSync process is busy with this session; try again in a moment.")


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
