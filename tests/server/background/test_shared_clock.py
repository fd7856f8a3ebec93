"""The clock that processes share: the database server's, whatever happens to the machine's own."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hivesync_dev.servers.running_backend import MovableClock
from hivesync_server.adapters.clock import utc_now
from hivesync_server.adapters.db import open_database
from hivesync_server.background.shared_clock import SharedClock
from hivesync_server.settings import load

SOON = timedelta(seconds=2)


async def test_the_database_servers_time_counts_and_no_jump_of_ones_own(
    environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    database = open_database(load(environ).database)
    own, waited = MovableClock(timedelta(hours=-3)), 0.0
    clock = SharedClock(database, own, lambda: time.monotonic() + waited)
    assert abs(clock() - own()) < SOON
    for _ in range(2):
        await clock.look()
    own.advance(hours=9)
    right = utc_now() if database.is_postgres else own()
    assert abs(clock() - right) < SOON
    waited = 5.0
    passed = timedelta(seconds=waited if database.is_postgres else 0)
    assert abs(clock() - right - passed) < SOON
    told = [record.__dict__["ahead_seconds"] for record in caplog.records if "differs" in record.message]
    assert told == ([-3 * 3600] if database.is_postgres else [])
    await database.close()


@pytest.mark.postgres_only
async def test_an_answer_that_took_long_tells_nothing(environ: dict[str, str]) -> None:
    database = open_database(load(environ).database)
    own, ticks = MovableClock(timedelta(hours=1)), iter(range(0, 100, 2))
    clock = SharedClock(database, own, lambda: float(next(ticks)))
    await clock.look()
    assert abs(clock() - own()) < SOON
    await database.close()
