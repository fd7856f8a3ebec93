"""Counters: alike in process and on a real server of the Redis family, and harmless when it is away."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
from hivesync_server.adapters.cache import Cache, MemoryCache, open_cache


@pytest.fixture(params=["memory", "redis"])
async def cache(request: pytest.FixtureRequest) -> AsyncIterator[Cache]:
    url = "" if request.param == "memory" else request.getfixturevalue("redis_url")
    cache = open_cache(url)
    yield cache
    await cache.close()


async def test_each_key_is_counted_by_itself(cache: Cache) -> None:
    assert [await cache.increment("a", 60) for _ in range(3)] == [1, 2, 3]
    assert await cache.increment("b", 60) == 1


async def test_a_count_is_taken_back(cache: Cache) -> None:
    assert [await cache.increment("taken back", 60) for _ in range(2)] == [1, 2]
    await cache.take_back("taken back")
    assert await cache.increment("taken back", 60) == 2


async def test_taking_back_what_was_never_counted_allows_no_more_for_long(cache: Cache) -> None:
    await cache.take_back("never counted")
    # In process nothing is kept; Redis keeps it for a second.
    assert await cache.increment("never counted", 60) <= 1


async def test_a_count_ends_with_its_time_and_is_not_prolonged() -> None:
    now = 0.0
    cache = MemoryCache(lambda: now)
    assert await cache.increment("a", 60) == 1
    now = 59.0
    assert await cache.increment("a", 60) == 2
    now = 60.0
    assert await cache.increment("a", 60) == 1


async def test_many_keys_are_swept() -> None:
    now = 0.0
    cache = MemoryCache(lambda: now)
    for number in range(10_001):
        await cache.increment(str(number), 1)
    now = 2.0
    await cache.increment("last", 1)
    assert len(cache._counts) == 1


async def test_a_cache_that_is_away_counts_nothing_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    cache = open_cache("redis://127.0.0.1:1/0")
    started = time.monotonic()
    assert [await cache.increment("a", 60) for _ in range(2)] == [1, 1]
    await cache.take_back("a")
    assert time.monotonic() - started < 5
    assert "cache unavailable" in caplog.text
    await cache.close()
