"""Writers of one SQLite file take turns; who is cancelled while waiting for one is over at once."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hivesync_server.adapters import db
from hivesync_server.adapters.db import Database, opened
from hivesync_server.settings.groups import DatabaseSettings
from hivesync_server.settings.secrets import Secret
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

COUNT = text("SELECT count(*) FROM marks")
MARK = text("INSERT INTO marks DEFAULT VALUES")


@pytest.fixture
async def marks(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(DatabaseSettings(Secret(""), tmp_path / "file.sqlite3", 1)) as found:
        async with found.transaction() as transaction:
            await transaction.session.execute(text("CREATE TABLE marks (id INTEGER PRIMARY KEY)"))
        yield found


@pytest.fixture
def other(marks: Database, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another process, which holds the lock."""
    with closing(sqlite3.connect(tmp_path / "file.sqlite3", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


async def ask(marks: Database) -> None:
    async with marks.transaction(writes=False) as transaction:
        await transaction.session.execute(text("SELECT 1"))


async def mark(marks: Database) -> None:
    async with marks.transaction() as transaction:
        await transaction.session.execute(MARK)


async def test_a_writer_that_is_cancelled_while_it_waits_for_another_is_over_at_once(
    marks: Database, other: sqlite3.Connection
) -> None:
    waiting = asyncio.create_task(mark(marks))
    await asyncio.sleep(0.4)
    began = time.monotonic()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await marks.close()
    assert time.monotonic() - began < 5, "SQLite's own wait lasts for 15 s"
    other.execute("COMMIT")
    await mark(marks)
    async with marks.transaction(writes=False) as transaction:
        assert await transaction.session.scalar(COUNT) == 1


async def test_a_writer_waits_longer_than_one_turn(marks: Database, other: sqlite3.Connection) -> None:
    waiting = asyncio.create_task(mark(marks))
    await asyncio.sleep(1)
    assert not waiting.done()
    other.execute("COMMIT")
    await waiting


async def test_who_waited_in_vain_leaves_the_usual_wait_behind(
    marks: Database, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = await busy_timeout(marks)
    monkeypatch.setattr(db, "_BUSY_TIMEOUT_SECONDS", 1)
    with pytest.raises(DBAPIError):
        await mark(marks)
    monkeypatch.undo()
    assert usual > 1_000 == await busy_timeout(marks)


async def busy_timeout(marks: Database) -> int:
    async with marks.transaction(writes=False) as transaction:
        return int((await transaction.session.execute(text("PRAGMA busy_timeout"))).scalar_one())


async def test_who_is_cancelled_while_taking_the_lock_does_not_keep_it(marks: Database) -> None:
    """Wherever in its work the task is when it is told, whoever comes next may write."""
    for steps in range(80):
        taking = asyncio.create_task(mark(marks))
        for _ in range(steps):
            await asyncio.sleep(0.0001)
        taking.cancel()
        await asyncio.wait({taking})
        async with asyncio.timeout(5):
            await mark(marks)


async def test_a_connection_that_is_in_use_when_its_database_closes_is_closed_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaints: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    begun, never = asyncio.Event(), asyncio.Event()

    async def hold(held: Database) -> None:
        async with held.transaction() as transaction:
            await transaction.session.execute(text("SELECT 1"))
            begun.set()
            await never.wait()

    async with opened(DatabaseSettings(Secret(""), tmp_path / "file.sqlite3", 1)) as found:
        holding = asyncio.create_task(hold(found))
        await begun.wait()
    holding.cancel()
    await asyncio.wait({holding})
    del found, holding
    gc.collect()
    assert complaints == [], "it was collected before it was closed"


async def test_who_is_cancelled_while_giving_a_connection_back_gives_it_back_whole(
    marks: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """The pool resets it then; cut off there, it would log a broken connection and open another one."""
    marking = asyncio.create_task(mark(marks))
    pool = marks.engine.sync_engine.pool
    opened_before = len(marks._opened)
    event.listen(pool, "reset", lambda *_: marking.cancel(), once=True)
    with pytest.raises(asyncio.CancelledError):
        await marking
    assert caplog.text == ""
    async with marks.transaction(writes=False) as transaction:
        assert await transaction.session.scalar(COUNT) == 1  # all was said and done by then
    assert len(marks._opened) == opened_before
