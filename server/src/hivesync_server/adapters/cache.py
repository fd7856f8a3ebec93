"""Counters with an end and sliding windows, for limits. Losing them only forgets a limit; nothing else may be
kept here.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from hivesync_server.adapters.tracing import NoTracing, Tracing
from hivesync_server.adapters.windows import TAKE_SCRIPT, Count, Taken, Window

Answer = TypeVar("Answer")

_PREFIX = "hivesync:"
_REDIS_SECONDS = 1.0
_AWAY_SECONDS = 2.0
_logger = logging.getLogger(__name__)


class Cache(Protocol):
    """What limits need. `unanswered` counts the questions that nobody answered."""

    unanswered: int

    async def increment(self, key: str, ttl_seconds: int) -> int:
        """Count one more and give the total; the count ends `ttl_seconds` after its first."""
        ...

    async def take_back(self, key: str) -> None:
        """Count one less: what was counted was no offence."""
        ...

    async def forget(self, key: str) -> None:
        """End a count."""
        ...

    async def take(self, windows: Sequence[Window]) -> Taken | None:
        """Count a request in all of these windows if it fits into each; `None` when nobody can tell."""
        ...

    async def close(self) -> None:
        """Give back what is held."""
        ...


class MemoryCache:
    """The embedded twin: counts in this process only."""

    _SWEEP_SIZE = 10_000
    unanswered = 0

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._counts: dict[str, tuple[int, float]] = {}
        self._windows: dict[str, tuple[int, Count, float]] = {}
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

    async def take(self, windows: Sequence[Window]) -> Taken:
        """Count a request where it fits; sweep what has ended when the table has grown large."""
        now = self._now()
        if len(self._windows) > self._SWEEP_SIZE:
            self._windows = {key: entry for key, entry in self._windows.items() if entry[2] > now}
        found = []
        for window in windows:
            turn, passed = divmod(int(now * 1000), window.span)
            last, count, _ = self._windows.get(window.key, (turn, Count(0, 0, 0), 0.0))
            found.append((window, turn, count.after(turn - last, passed)))
        fits = all(count.weighed(window.span) + 1 <= window.limit for window, _, count in found)
        for window, turn, count in found:
            counted = replace(count, count=count.count + fits)
            self._windows[window.key] = (turn, counted, now + 2 * window.seconds)
        return Taken(fits, tuple((window, self._windows[window.key][1]) for window in windows))

    async def close(self) -> None:
        """Nothing is held."""


class RedisCache:
    """Counts for all processes together. When Redis is away limits are not enforced, and that is logged and
    counted; for a moment after a failure it is not even asked, so that requests don't wait for it in vain.
    """

    def __init__(
        self, url: str, monotonic: Callable[[], float] = time.monotonic, tracing: Tracing | None = None
    ) -> None:
        self._tracing = tracing or NoTracing()
        self._client = Redis.from_url(
            url,
            socket_timeout=_REDIS_SECONDS,
            socket_connect_timeout=_REDIS_SECONDS,
            # Once: a connection that lay idle may have been cut.
            retry=Retry(NoBackoff(), 1),
        )
        self._take_sha = self._client.register_script(TAKE_SCRIPT).sha
        self._now = monotonic
        self._away_until = -math.inf
        self.unanswered = 0

    async def increment(self, key: str, ttl_seconds: int) -> int:
        """Count one more; on failure say that it is the first."""
        counts = await self._ask(lambda: self._change(key, ttl_seconds, 1))
        return 1 if counts is None else int(counts[0])

    async def take_back(self, key: str) -> None:
        """Count one less; a count that ended meanwhile is made to end again at once."""
        await self._ask(lambda: self._change(key, 1, -1))

    async def forget(self, key: str) -> None:
        """End a count; on failure it ends by itself."""
        await self._ask(lambda: self._client.delete(_PREFIX + key))

    async def take(self, windows: Sequence[Window]) -> Taken | None:
        """Count a request where it fits, in one question for all windows."""
        keys = [f"{_PREFIX}window:{window.key}" for window in windows]
        limits = [number for window in windows for number in (window.limit, window.span)]
        answer = await self._ask(lambda: self._run_take(len(keys), *keys, *limits))
        if answer is None:
            return None
        fits, *numbers = (int(number) for number in answer)
        counts = (Count(*numbers[place : place + 3]) for place in range(0, len(numbers), 3))
        return Taken(bool(fits), tuple(zip(windows, counts, strict=True)))

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def _run_take(self, *arguments: Any) -> list[Any]:
        # Not by the client's own object for scripts: that costs each request as much again.
        ask: Any = self._client.execute_command
        try:
            return list(await ask("EVALSHA", self._take_sha, *arguments))
        except NoScriptError:
            return list(await ask("EVAL", TAKE_SCRIPT, *arguments))

    async def _change(self, key: str, ttl_seconds: int, by: int) -> list[Any]:
        async with self._client.pipeline(transaction=True) as pipeline:
            pipeline.incrby(_PREFIX + key, by)
            pipeline.expire(_PREFIX + key, ttl_seconds, nx=True)
            return list(await pipeline.execute())

    async def _ask(self, question: Callable[[], Awaitable[Answer]]) -> Answer | None:
        if self._now() < self._away_until:
            self.unanswered += 1
            return None
        try:
            with self._tracing.call("count", "redis"):
                return await question()
        except RedisError as error:
            self.unanswered += 1
            self._away_until = self._now() + _AWAY_SECONDS
            _logger.warning("cache unavailable, limits not enforced", extra={"reason": type(error).__name__})
            return None


def open_cache(url: str, tracing: Tracing | None = None) -> Cache:
    """Give the shared cache, or the embedded one when no address is set."""
    return RedisCache(url, tracing=tracing) if url else MemoryCache()
