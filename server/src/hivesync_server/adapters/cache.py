"""Counters with an end, for limits. Losing them only forgets a limit; nothing else may be kept here."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

_PREFIX = "hivesync:"
_REDIS_SECONDS = 1.0
_logger = logging.getLogger(__name__)


class Cache(Protocol):
    """What limits need."""

    async def increment(self, key: str, ttl_seconds: int) -> int:
        """Count one more and give the total; the count ends `ttl_seconds` after its first."""
        ...

    async def take_back(self, key: str) -> None:
        """Count one less: what was counted was no offence."""
        ...

    async def forget(self, key: str) -> None:
        """End a count."""
        ...

    async def close(self) -> None:
        """Give back what is held."""
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

    async def take_back(self, key: str) -> None:
        """Count one less, if the count has not ended."""
        if entry := self._counts.get(key):
            self._counts[key] = (entry[0] - 1, entry[1])

    async def forget(self, key: str) -> None:
        """End a count."""
        self._counts.pop(key, None)

    async def close(self) -> None:
        """Nothing is held."""


class RedisCache:
    """Counts for all processes together. When Redis is away limits are not enforced, and that is logged."""

    def __init__(self, url: str) -> None:
        self._client = Redis.from_url(
            url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS
        )

    async def increment(self, key: str, ttl_seconds: int) -> int:
        """Count one more; on failure say that it is the first."""
        try:
            async with self._client.pipeline(transaction=True) as pipeline:
                pipeline.incr(_PREFIX + key)
                pipeline.expire(_PREFIX + key, ttl_seconds, nx=True)
                count, _ = await pipeline.execute()
        except RedisError as error:
            _logger.warning("cache unavailable, limit not counted", extra={"reason": type(error).__name__})
            return 1
        return int(count)

    async def take_back(self, key: str) -> None:
        """Count one less; a count that ended meanwhile is made to end again at once."""
        try:
            async with self._client.pipeline(transaction=True) as pipeline:
                pipeline.decr(_PREFIX + key)
                pipeline.expire(_PREFIX + key, 1, nx=True)
                await pipeline.execute()
        except RedisError as error:
            _logger.warning("cache unavailable, limit not counted", extra={"reason": type(error).__name__})

    async def forget(self, key: str) -> None:
        """End a count; on failure it ends by itself."""
        try:
            await self._client.delete(_PREFIX + key)
        except RedisError as error:
            _logger.warning("cache unavailable, count not ended", extra={"reason": type(error).__name__})

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


def open_cache(url: str) -> Cache:
    """Give the shared cache, or the embedded one when no address is set."""
    return RedisCache(url) if url else MemoryCache()
