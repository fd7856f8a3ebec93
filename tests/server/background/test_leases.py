"""Leases on waiting rows: kept for as long as the work goes on, and soon over when its process is dead."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from hivesync_dev.servers.running_backend import MovableClock
from hivesync_dev.waiting import until
from hivesync_server.adapters.db import Database, opened
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.objects import Bucket
from hivesync_server.background import leases
from hivesync_server.background.leases import LEASE, Leases, kept
from hivesync_server.object_deletions.service import ObjectDeletions
from hivesync_server.object_deletions.tables import ObjectDeletionRow
from hivesync_server.settings import Settings
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

ALMOST = LEASE - timedelta(seconds=1)
OURS, THEIRS = new_id(), new_id()
ROW = ObjectDeletionRow.key == "kept/1"


async def claim(database: Database, clock: MovableClock, lease: str) -> bool:
    async with database.transaction() as transaction:
        rows = Leases(transaction.session, ObjectDeletionRow, lease)
        return bool(await rows.claim(clock(), LEASE, 1))


class AwayAtFirst:
    """The clock of a worker whose first look fails, as when the database is away."""

    def __init__(self, clock: MovableClock) -> None:
        self.clock, self.looks = clock, 0

    def __call__(self) -> datetime:
        self.looks += 1
        if self.looks == 1:
            raise PoolTimeoutError
        return self.clock()


async def test_rows_stay_in_the_hands_of_who_works_on_them_and_of_nobody_else(
    settings: Settings, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "_RENEWED_EVERY_SECONDS", 0.02)
    async with opened(settings.database) as database:
        async with database.transaction() as transaction:
            await ObjectDeletions(transaction, asyncio.Event(), clock()).add(Bucket.ARTIFACTS, ["kept/1"])
        assert await claim(database, clock, OURS)

        async def is_renewed() -> bool:
            async with database.transaction(writes=False) as transaction:
                row = await Leases(transaction.session, ObjectDeletionRow, OURS).held(ROW)
                return (
                    row is not None and row.leased_until is not None and row.leased_until > clock() + ALMOST
                )

        async with kept(database, AwayAtFirst(clock), ObjectDeletionRow, OURS, ROW):
            for _ in range(2):
                clock.advance(seconds=ALMOST.total_seconds())
                await until(is_renewed)
                assert not await claim(database, clock, THEIRS)
        clock.advance(seconds=LEASE.total_seconds() + 1)
        assert await claim(database, clock, THEIRS)
        async with database.transaction() as transaction:
            await Leases(transaction.session, ObjectDeletionRow, OURS).renew(clock() + LEASE, ROW)
        clock.advance(seconds=LEASE.total_seconds() + 1)
        assert await claim(database, clock, OURS)
