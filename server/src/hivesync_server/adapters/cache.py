"""Counters with an end, for limits. Losing them only forgets a limit; nothing else may be kept here."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol


class Cache(Protocol):
    """What limits need."""

    async def increment(self, key: str, ttl_seconds: int) -> int:
        """Count one more and give the total; the count ends `ttl_seconds` after its first."""
        ...


class MemoryCache:
    """The embedded twin: counts in this process only."""

    _SWEEP_SIZE = 10_000

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._counts: dict[str, tuple[int, float]] = {}
        self._now = monotonic

    async def increment(self, key: str, ttl_seconds: int) -> int:
        """Count one more; sweep what has ended when the table has grown large."""
        now = self._now()
        if len(self._counts) > self._SWEEP_SIZE:
            self._counts = {name: entry for name, entry in self._counts.items() if entry[1] > now}
        count, ends = self._counts.get(key, (0, now + ttl_seconds))
        if ends <= now:
            count, ends = 0, now + ttl_seconds
        self._counts[key] = (count + 1, ends)
        return count + 1
