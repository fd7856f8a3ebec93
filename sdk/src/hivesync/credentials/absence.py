"""Remembers that a keychain holds nothing for us: while nobody is signed in it would be asked all the time.

Whoever changes an entry touches the account's lock file, which they hold then, so a sign-in by another
process is noticed at the next question. What changed without that, such as a keychain being unlocked, is
noticed after a pause.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from hivesync_contract.errors import HiveSyncError

EMPTY_SECONDS = 300.0
FIRST_FAILURE_SECONDS = 5.0
FAILURE_SECONDS = 60.0


def touch(lock_path: Path) -> None:
    """Tell every process that the account's entry has changed."""
    lock_path.touch(0o600)


class Absence:
    """The last answer if it was "nothing" or a failure, and for how long it is good."""

    def __init__(self, lock_path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock_path = lock_path
        self._clock = clock
        self._is_known = False
        self._failure: HiveSyncError | None = None
        self._stamp: int | None = None
        self._until = 0.0
        self._failures = 0

    def holds(self) -> bool:
        """Tell whether the keychain need not be asked; raise what it raised, if it did."""
        if not self._is_known or self._clock() >= self._until or self._stamp != self.stamp():
            return False
        if self._failure is not None:
            raise type(self._failure)(self._failure.detail)
        return True

    def stamp(self) -> int | None:
        """Give what changes with the entry. Take it before the keychain is asked."""
        try:
            return self._lock_path.stat().st_mtime_ns
        except OSError:
            return None

    def remember(self, stamp: int | None, failure: HiveSyncError | None) -> None:
        """Note that there is nothing, or that the keychain could not be asked."""
        seconds = EMPTY_SECONDS
        if failure is not None:
            seconds = min(FIRST_FAILURE_SECONDS * 2**self._failures, FAILURE_SECONDS)
            self._failures = min(self._failures + 1, 10)
        self._is_known, self._failure, self._stamp = True, failure, stamp
        self._until = self._clock() + seconds

    def forget(self) -> None:
        """Ask the keychain next time."""
        self._is_known, self._failures = False, 0

    @property
    def is_failure(self) -> bool:
        """Tell whether what is remembered is that the keychain could not be asked."""
        return self._is_known and self._failure is not None
