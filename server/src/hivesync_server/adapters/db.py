"""The database: one engine, short transactions, the same behaviour on SQLite and Postgres.

Queries are written in the domains' repositories only; who opens a transaction ends it here.
"""

from __future__ import annotations

import asyncio
import select as polling
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import aiosqlite
import psycopg
from hivesync_contract.errors import ErrorCode, HiveSyncError
from sqlalchemy import event, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from hivesync_server.settings.groups import DatabaseSettings

_BUSY_TIMEOUT_SECONDS = 15
_TURN_MS = 250
_SQLITE_POOL = 15
_WRITES = "hivesync_writes"
_PREPARED_AFTER = 5
"""A statement that a connection has been asked so many times is prepared."""

PLANNED_ANEW = "hivesync_planned_anew"
"""Option of a statement that Postgres shall plan each time, for the values that it is given. A plan for any
values takes each project for one of middling size: of a huge one it may read all to find a handful of rows.
"""

_QUIET = {"hide_parameters": True}
"""Else the text of an error, which is logged, repeats what was sent: addresses, hashes, mails."""


class StorageFull(HiveSyncError):
    """The database has no room left; nothing of the request was kept."""

    code = ErrorCode.STORAGE_FULL


class RecordedRefusal(HiveSyncError):
    """A refusal whose traces must stay: the transaction is committed although the request fails."""


@dataclass(slots=True)
class Transaction:
    """One unit of work. Services change rows through `session` and never commit it."""

    session: AsyncSession
    writes: bool = True
    _before_commit: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    _after_commit: list[Callable[[], None]] = field(default_factory=list)

    def before_commit(self, action: Callable[[], Awaitable[None]]) -> None:
        """Run `action` at the end, within the transaction: what follows from all that happened in it."""
        self._before_commit.append(action)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once the rows are there for others to see; never if they won't be."""
        self._after_commit.append(action)

    async def commit(self) -> None:
        """Make the changes last, then wake who waits for them."""
        for last in self._before_commit:
            await last()
        await self.session.commit()
        for action in self._after_commit:
            action()


class Database:
    """Engine and transactions. A write on SQLite takes the lock at its start, so it can't fail halfway.

    `opened`: connections of the engine; one that is in use while the pool ends is closed by nobody else.
    """

    def __init__(self, engine: AsyncEngine, opened: Sequence[aiosqlite.Connection] = ()) -> None:
        self.engine = engine
        self._opened = opened
        # Each statement of a transaction would see a snapshot of its own anyway: two round trips for nothing.
        reads = engine.execution_options(isolation_level="AUTOCOMMIT") if self.is_postgres else engine
        self._reads = async_sessionmaker(reads, expire_on_commit=False)
        self._writes = async_sessionmaker(engine.execution_options(**{_WRITES: True}), expire_on_commit=False)

    @property
    def is_postgres(self) -> bool:
        """Tell which twin this is; only adapters and repositories' locking may ask."""
        return self.engine.dialect.name == "postgresql"

    @asynccontextmanager
    async def transaction(self, *, writes: bool = True) -> AsyncIterator[Transaction]:
        """Commit at the end, roll back on an error that is not a `RecordedRefusal`."""
        session = (self._writes if writes else self._reads)()
        transaction = Transaction(session, writes)
        try:
            yield transaction
            await _whole(transaction.commit())
        except RecordedRefusal:
            await _whole(transaction.commit())
            raise
        except DBAPIError as error:
            if is_full(error):
                raise StorageFull("The server's disk is full; nothing was saved. Try again later.") from error
            raise
        finally:
            await _whole(session.close())  # which rolls back what was not committed

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection that sees everything as it is at its first query, and changes nothing."""
        async with self.engine.connect() as connection:
            if self.is_postgres:
                await connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            async with connection.begin():
                yield connection

    async def server_time(self) -> datetime | None:
        """Give the time of the database server; None if the database is a file of this machine."""
        if not self.is_postgres:
            return None
        async with self.transaction(writes=False) as transaction:
            there: datetime = (await transaction.session.execute(select(func.clock_timestamp()))).scalar_one()
            return there.astimezone(UTC)

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()
        for connection in self._opened:
            await connection.close()


async def _whole(end: Coroutine[Any, Any, None]) -> None:
    """Bring a transaction's end to its own end, also for a task that is cancelled meanwhile: the pool takes a
    connection whose last word was cut off for a broken one, and nobody would know whether rows were kept.
    """
    ending = asyncio.ensure_future(end)
    cancelled: asyncio.CancelledError | None = None
    while not ending.done():
        try:
            await asyncio.wait([ending])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled from ending.exception()
    ending.result()


async def give_back(reading: AsyncSession) -> None:
    """Free the connection of a session that has only read; its next query takes one again.

    Needed before another transaction begins: if all who wait for a second connection held a first one, none
    would be left to wait for.
    """
    await reading.commit()


def is_full(error: SQLAlchemyError) -> bool:
    """Tell whether the database refused a change for want of room."""
    cause = _cause(error)
    if isinstance(cause, sqlite3.Error):
        return cause.sqlite_errorname == "SQLITE_FULL"
    return isinstance(cause, psycopg.errors.DiskFull)


def is_away(error: SQLAlchemyError) -> bool:
    """Tell whether the database server could not be reached, or broke off: it stops, or starts again."""
    cause = _cause(error)
    if not isinstance(cause, psycopg.OperationalError):
        return False
    # Of the errors with a code these are about the connection; one that broke has none.
    return cause.sqlstate is None or cause.sqlstate.startswith(("08", "57P"))


def is_deadlock(error: SQLAlchemyError) -> bool:
    """Tell whether the database undid a transaction for another's sake, so that it can be done again."""
    return isinstance(_cause(error), psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure)


def is_busy(error: SQLAlchemyError) -> bool:
    """Tell whether nothing was done because others were in the way for too long."""
    cause = _cause(error)
    if isinstance(cause, sqlite3.Error):
        return cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    in_the_way = isinstance(cause, psycopg.errors.LockNotAvailable | psycopg.errors.QueryCanceled)
    return in_the_way or is_deadlock(error) or isinstance(error, PoolTimeoutError)


def _cause(error: SQLAlchemyError) -> BaseException | None:
    """Give what the driver said, if it was the driver."""
    return error.orig if isinstance(error, DBAPIError) else None


def is_orphaned(error: DBAPIError) -> bool:
    """Tell whether what a row refers to was deleted just now: done again, the transaction finds it gone.

    SQLite's writers take turns, so there it would be a fault of ours.
    """
    return isinstance(error.orig, psycopg.errors.ForeignKeyViolation)


def open_database(settings: DatabaseSettings) -> Database:
    """Make the engine; connections are opened when first needed."""
    if settings.postgres:
        return Database(_postgres_engine(settings.postgres.reveal(), settings.pool))
    settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    connections: list[aiosqlite.Connection] = []
    return Database(_sqlite_engine(f"sqlite+aiosqlite:///{settings.sqlite_path}", connections), connections)


@asynccontextmanager
async def opened(settings: DatabaseSettings) -> AsyncIterator[Database]:
    """Open the database for one piece of work."""
    database = open_database(settings)
    try:
        yield database
    finally:
        await database.close()


def _postgres_engine(url: str, pool: int) -> AsyncEngine:
    async def connect(*_: Any, **__: Any) -> psycopg.AsyncConnection[Any]:
        # libpq reads the address itself, so every parameter that providers hand out works.
        return await psycopg.AsyncConnection.connect(url)

    engine = create_async_engine(
        "postgresql+psycopg://",
        async_creator=connect,
        **pooled(pool),
    )
    event.listen(engine.sync_engine, "checkout", _refuse_dead)
    event.listen(engine.sync_engine, "before_cursor_execute", _choose_preparing)
    return engine


def pooled(size: int) -> dict[str, Any]:
    """Give what both engines are made with.

    No connection is closed after a burst: a new one has to be opened, and learns each statement anew; and a
    task that is cancelled at a stop can't be in the middle of closing one. The last one used is the next one
    taken, so that it knows most statements and the others stay idle.
    """
    return {"pool_size": size, "max_overflow": 0, "pool_use_lifo": True, **_QUIET}


def _refuse_dead(connection: Any, *_: Any) -> None:
    """Have the pool replace a connection that the server closed while it lay idle.

    Nothing is expected of an idle server but its farewell. A look at the socket finds it without the round
    trip of a ping.
    """
    if _has_something_to_say(connection.driver_connection.fileno()):
        raise DisconnectionError("the server closed the connection")


def _choose_preparing(connection: Connection, *arguments: Any) -> None:
    """Have the driver prepare what is asked often, unless it is to be `PLANNED_ANEW`."""
    driver: Any = connection.connection.driver_connection
    _cursor, _statement, _parameters, context, _many = arguments
    anew = context.execution_options.get(PLANNED_ANEW, False)
    driver.prepare_threshold = None if anew else _PREPARED_AFTER


def _has_something_to_say(descriptor: int) -> bool:
    if sys.platform == "win32":
        return bool(polling.select([descriptor], [], [], 0)[0])
    # Unlike `select` this takes any descriptor, also that of the connection after ten thousand streams.
    poll = polling.poll()
    poll.register(descriptor, polling.POLLIN)
    return bool(poll.poll(0))


def _sqlite_engine(url: str, connections: list[aiosqlite.Connection]) -> AsyncEngine:
    options = {
        "timeout": _BUSY_TIMEOUT_SECONDS,
        "async_creator_fn": partial(_open_sqlite, connections),
        "factory": _SqliteConnection,
    }
    engine = create_async_engine(url, connect_args=options, **pooled(_SQLITE_POOL))
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


class _SqliteConnection(sqlite3.Connection):
    """SQLite keeps a closed connection, and its lock, until the last of its statements is gone. That of a
    task that was cancelled while it began to write is gone late, and all others would wait for it.
    """

    def close(self) -> None:
        """Undo what was begun, then close."""
        self.rollback()
        super().close()


async def _open_sqlite(
    connections: list[aiosqlite.Connection], *arguments: Any, **options: Any
) -> aiosqlite.Connection:
    """Open a connection, and close it again if the caller was cancelled meanwhile, as tasks are at a stop."""
    connection = aiosqlite.connect(*arguments, **options)
    connection._thread.daemon = True  # as SQLAlchemy has it: a thread must not hold up the end of the process
    opening = asyncio.ensure_future(connection)
    try:
        connections.append(await asyncio.shield(opening))
    except asyncio.CancelledError:
        await (await opening).close()
        raise
    return connection


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # Without this Python's driver opens transactions by its own rules, and never for DDL.
    connection.isolation_level = None
    connection.run_async(_write_ahead)
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


async def _write_ahead(driver: aiosqlite.Connection) -> None:
    """Have the file use a write-ahead log. SQLite gives up at once, whatever the time-out, while somebody
    else uses a new file; whoever comes later finds it done.
    """
    ends = time.monotonic() + _BUSY_TIMEOUT_SECONDS
    while True:
        try:
            await driver.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > ends:
                raise
        await asyncio.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later can lose the race for the lock at once, whatever
    # the time-out (SQLITE_BUSY_SNAPSHOT); one that begins as a writer waits its turn.
    if connection.get_execution_options().get(_WRITES, False):
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Wait for the lock in short turns: nothing ends a wait within SQLite early, and a task that is
    cancelled, as all are at a stop, is not over before its wait is.
    """
    ends = time.monotonic() + _BUSY_TIMEOUT_SECONDS
    connection.exec_driver_sql(f"PRAGMA busy_timeout={_TURN_MS}")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except DBAPIError as error:
                if not is_busy(error) or time.monotonic() > ends:
                    raise
    finally:
        # Also for whoever takes this connection out of the pool after a wait in vain.
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_SECONDS * 1000}")
