"""Passwords by Argon2id, in threads of their own; a check takes as long for an unknown account as for any.

Neither the event loop nor the threads that others use ever wait for a hash, and the queue before it is short:
a flood of sign-ins is refused at once instead of being answered when nobody listens any more.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from hivesync_contract.errors import ErrorCode

from hivesync_server.retry_later import RetryLater

QUEUE_MAX = 128
"""Hashes that are computed or wait: about three seconds of work for one thread."""

_RETRY_SECONDS = 3
_NICENESS = 19
"""Requests come first: with less, one in a hundred waits for a slice of a hash. Where all cores are busy with
requests sign-ins are slow, and more than the queue holds are refused.
"""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's parameters for Argon2id: 19 MiB, two passes, one lane."""

_T = TypeVar("_T")


class HashingBusy(RetryLater):
    """More people sign in at once than the machine can check passwords of."""

    code = ErrorCode.RATE_LIMITED

    def __init__(self) -> None:
        super().__init__(
            "Too many people are signing in right now; try again in a few seconds.", _RETRY_SECONDS
        )


@cache
def _nobody(hasher: PasswordHasher) -> str:
    return hasher.hash("the password of an account that does not exist")


class Passwords:
    """Hash by `hasher` and check. `places`: how many more may be in the queue."""

    def __init__(self, queue_max: int = QUEUE_MAX) -> None:
        self.hasher = _HASHER
        _nobody(self.hasher)  # before anybody asks: the first must not wait longer than others
        # One core stays for the requests; Argon2 frees the interpreter's lock while it computes.
        threads = max(1, min(4, (os.cpu_count() or 1) - 1))
        self._pool = ThreadPoolExecutor(threads, "passwords", initializer=_step_back)
        self.places = queue_max
        self._queue_max = queue_max

    @property
    def waiting(self) -> int:
        """Count the hashes that are computed or wait."""
        return self._queue_max - self.places

    async def hash(self, password: str) -> str:
        """Give the hash to store, with its salt and parameters, or raise `HashingBusy`."""
        return await self._compute(lambda: self.hasher.hash(password))

    async def matches(self, stored: str | None, password: str) -> bool:
        """Tell whether `password` made `stored`; without an account do the same work and say no."""
        right = await self._compute(lambda: self._verify(stored or _nobody(self.hasher), password))
        return right and stored is not None

    def close(self) -> None:
        """End the threads; what waits is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _compute(self, work: Callable[[], _T]) -> _T:
        if self.places <= 0:
            raise HashingBusy
        self.places -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self.places += 1

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self.hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _step_back() -> None:
    # Linux takes a thread's id for that thread alone; elsewhere the whole process would step back.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
