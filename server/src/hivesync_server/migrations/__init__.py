"""Changes of the database's schema, run by `hivesync-server migrate`: forward and back, several at once.

A run is one transaction: it happens as a whole, or not at all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from hivesync_contract.errors import ErrorCode, HiveSyncError
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from hivesync_server.adapters.db import Database

FOLDER = Path(__file__).parent

EMPTY = "base"
"""The revision of a database without tables."""

NEWEST = "head"

_LOCK = {"key": 0x48697665_53796E63}
"""The number of Postgres's advisory lock: “HiveSync” in ASCII."""

_LOCK_TIMEOUT = "15s"
"""Who waits for a table's lock keeps everybody behind it waiting; better to give up and try again later."""


class RevisionUnknown(HiveSyncError):
    """This release has no such revision, or the database has one that it doesn't know."""

    code = ErrorCode.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does: the revisions that are applied (or, `back`, undone), in that order."""

    before: str
    after: str
    steps: tuple[tuple[str, str], ...] = ()
    back: bool = False


class _DryRun(Exception):
    """Not an error: ends a transaction whose changes are not wanted."""


async def migrate(database: Database, target: str = NEWEST, *, back: int = 0, dry_run: bool = False) -> Plan:
    """Bring the schema to `target`, or `back` revisions down; `dry_run` does it and takes it back."""
    plan = Plan(EMPTY, EMPTY)
    try:
        async with locked(database) as connection:
            plan = await connection.run_sync(move, target, back)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return plan


@asynccontextmanager
async def locked(database: Database) -> AsyncIterator[AsyncConnection]:
    """Give a transaction in which the schema is changed by nobody else."""
    # On SQLite a write transaction is the lock itself.
    async with database.transaction() as transaction:
        connection = await transaction.session.connection()
        if database.is_postgres:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), _LOCK)
            await connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
        yield connection


async def hold_still(connection: AsyncConnection) -> None:
    """Let migrations wait until this transaction is over: it reads what they would change."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), _LOCK)


def move(connection: Connection, target: str, back: int = 0) -> Plan:
    """Change the schema within the caller's transaction, which holds the lock."""
    plan = _plan(current_of(connection), target, back)
    if plan.steps:
        (command.downgrade if plan.back else command.upgrade)(config_for(connection), plan.after)
    return plan


async def current(database: Database) -> str:
    """Give the revision of the database."""
    async with database.transaction(writes=False) as transaction:
        connection = await transaction.session.connection()
        return await connection.run_sync(current_of)


async def is_current(database: Database) -> bool:
    """Tell whether the schema is the one that this release was written for."""
    return await current(database) == newest()


def current_of(connection: Connection) -> str:
    """Give the revision that a connection sees."""
    return MigrationContext.configure(connection).get_current_revision() or EMPTY


def newest() -> str:
    """Give the revision that this release was written for."""
    return _scripts().get_current_head() or EMPTY


def revisions() -> list[str]:
    """Give all revisions, oldest first."""
    return [script.revision for script in reversed(list(_scripts().walk_revisions()))]


def config_for(connection: Connection) -> Config:
    """Give Alembic its settings; there is no alembic.ini, since an installed package has no such file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _plan(before: str, target: str, back: int) -> Plan:
    order = [EMPTY, *revisions()]
    if before not in order:
        raise RevisionUnknown(
            f"The database has the schema {before}, which this release does not know: it is of a newer one. "
            "Go back with that release: `hivesync-server migrate --to REVISION`."
        )
    start = order.index(before)
    end = max(start - back, 0) if back else order.index(_resolve(target))
    low, high = sorted((start, end))
    passed = order[low + 1 : high + 1]
    names = reversed(passed) if end < start else passed
    return Plan(before, order[end], tuple((name, _title(name)) for name in names), end < start)


def _resolve(target: str) -> str:
    """Give the full name of a revision, of which the number is enough."""
    if target == NEWEST:
        return newest()
    if target == EMPTY:
        return EMPTY
    found = [name for name in revisions() if target in (name, name.partition("_")[0])]
    if not found:
        raise RevisionUnknown(
            f"There is no revision {target!r}; there are {EMPTY}, {', '.join(revisions())}."
        )
    return found[0]


def _title(revision: str) -> str:
    script: Script = _scripts().get_revision(revision)
    return (script.doc or "").splitlines()[0]


@cache
def _scripts() -> ScriptDirectory:
    # Reading it runs every migration's module, so once has to do.
    return ScriptDirectory(str(FOLDER))
