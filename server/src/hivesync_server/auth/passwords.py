"""Passwords by Argon2id, off the event loop; a check takes as long for an unknown account as for any."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_PARALLEL = 4


class Passwords:
    """Hash and check. The parameters are OWASP's for Argon2id: 19 MiB, two passes, one lane."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._nobody = self._hasher.hash("the password of an account that does not exist")
        self._turns = asyncio.Semaphore(_PARALLEL)

    async def hash(self, password: str) -> str:
        """Give the hash to store, with its salt and parameters."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Tell whether `password` made `stored`; without an account do the same work and say no."""
        async with self._turns:
            right = await asyncio.to_thread(self._verify, stored or self._nobody, password)
        return right and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
