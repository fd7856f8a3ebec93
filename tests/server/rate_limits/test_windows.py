"""Sliding windows: alike in process and on a real server of the Redis family."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from hivesync_dev.servers.redis import RedisServer
from hivesync_server.adapters.cache import Cache, MemoryCache, RedisCache, open_cache
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.windows import Count, Taken, Window, reset_seconds


@pytest.fixture(params=["memory", "redis"])
async def cache(request: pytest.FixtureRequest) -> AsyncIterator[Cache]:
    url = "" if request.param == "memory" else request.getfixturevalue("redis_url")
    cache = open_cache(url)
    yield cache
    await cache.close()


def window(limit: int, seconds: int = 60, name: str = "user") -> Window:
    return Window(name, f"{name}:{new_id()}", limit, seconds)


async def take(cache: Cache, *windows: Window) -> Taken:
    taken = await cache.take(windows)
    assert taken is not None
    return taken


async def test_no_more_than_the_limit_fits_however_many_come_at_once(cache: Cache) -> None:
    wanted = window(10)
    taken = await asyncio.gather(*(take(cache, wanted) for _ in range(40)))
    assert sum(one.fits for one in taken) == 10
    last = await take(cache, wanted)
    assert (last.fits, last.remaining(*last.counts[0])) == (False, 0)
    assert 1 <= last.wait_seconds() <= 120


async def test_each_owner_has_a_window_of_its_own(cache: Cache) -> None:
    first, second = window(1), window(1)
    assert (await take(cache, first)).fits
    assert not (await take(cache, first)).fits
    assert (await take(cache, second)).fits


async def test_a_request_counts_in_all_windows_or_in_none(cache: Cache) -> None:
    wide, narrow = window(5), window(1, name="key")
    assert (await take(cache, wide, narrow)).fits
    assert not (await take(cache, wide, narrow)).fits
    taken = await take(cache, wide)
    assert taken.remaining(*taken.counts[0]) == 3


async def test_the_window_slides(cache: Cache) -> None:
    """Who waits as long as told gets in, and over three windows no window holds more than the limit."""
    wanted, began, admitted = window(5, seconds=1), time.monotonic(), list[float]()
    while time.monotonic() - began < 3:
        if (await take(cache, wanted)).fits:
            admitted.append(time.monotonic())
        await asyncio.sleep(0.01)
    assert 12 <= len(admitted) <= 20
    fullest = max(sum(start <= at < start + 1 for at in admitted) for start in admitted)
    # The turn before counts as if it had been even, so a window may hold a little more; twice it never holds.
    assert fullest < 10


async def test_the_time_to_wait_is_enough(cache: Cache) -> None:
    wanted = window(3, seconds=1)
    while (taken := await take(cache, wanted)).fits:
        pass
    await asyncio.sleep(taken.wait_seconds())
    assert (await take(cache, wanted)).fits


async def test_nothing_counts_twice_its_length_later() -> None:
    now = 1000.0
    cache = MemoryCache(lambda: now)
    wanted = window(2)
    assert [(await cache.take([wanted])).fits for _ in range(3)] == [True, True, False]
    now += 120
    assert [(await cache.take([wanted])).fits for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("count", "wait"),
    [
        (Count(10, 0, 0), 66),  # all came in this turn: it lasts for 60 s, then a tenth of it has to fade
        (Count(0, 10, 0), 6),
        (Count(5, 5, 0), 12),
        (Count(9, 0, 30_000), 1),
        (Count(0, 0, 0), 1),
    ],
)
def test_the_wait_is_reckoned_from_what_fades(count: Count, wait: int) -> None:
    assert Taken(False, ((window(10), count),)).wait_seconds() == wait


def test_a_window_is_as_new_when_both_turns_are_over() -> None:
    assert reset_seconds(window(10), Count(1, 0, 20_000)) == 100
    assert reset_seconds(window(10), Count(0, 1, 20_000)) == 40


async def test_many_windows_are_swept() -> None:
    now = 0.0
    cache = MemoryCache(lambda: now)
    for _ in range(10_001):
        await cache.take([window(1, seconds=1)])
    now = 3.0
    await cache.take([window(1)])
    assert len(cache._windows) == 1


async def test_a_server_that_is_away_is_not_waited_for_by_each_request() -> None:
    with RedisServer() as server:
        now = 0.0
        cache = RedisCache(server.url, lambda: now)
        wanted = window(1)
        assert (await take(cache, wanted)).fits
        server.stop()
        began = time.monotonic()
        assert [await cache.take([wanted]) for _ in range(100)] == [None] * 100
        assert time.monotonic() - began < 5
        assert cache.unanswered == 100
        server.start()
        now = 3.0
        assert (await take(cache, wanted)).fits  # what it had counted is lost
        assert not (await take(cache, wanted)).fits
        await cache.close()
