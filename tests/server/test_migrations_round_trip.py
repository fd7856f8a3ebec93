"""Every migration goes forward, back and forward again, with rows in every table, on both databases."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from alembic import command
from hivesync_dev.servers.rows import add_rows, describe, rows_of
from hivesync_server import migrations
from hivesync_server.adapters.db import Database
from hivesync_server.backup.stored import stored_tables
from hivesync_server.settings import Settings
from sqlalchemy import Connection

from .test_migrations import empty as empty
from .test_migrations import opened

Seen = tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]


async def look(database: Database, *, fill: bool = False) -> Seen:
    def see(connection: Connection) -> Seen:
        found = stored_tables(connection)
        if fill:
            add_rows(connection, found)
        return describe(found), rows_of(connection, found)

    async with database.transaction() as transaction:
        connection = await transaction.session.connection()
        return await connection.run_sync(see)


def kept(rows: dict[str, list[dict[str, Any]]], schema: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Give what of `rows` has a place in `schema`."""
    return {
        table: [{name: row[name] for name in row if name in schema[table]["columns"]} for row in rows[table]]
        for table in rows
        if table in schema
    }


@pytest.mark.timeout(300)
async def test_every_revision_goes_forward_back_and_forward_again_with_rows_in_its_tables(
    empty: Settings,
) -> None:
    async with opened(empty) as database:
        before, _ = await look(database)
        for revision in migrations.revisions():
            await migrations.migrate(database, revision)
            schema, rows = await look(database, fill=True)
            assert all(rows.values()), f"{revision}: a table has no row to lose"

            plan = await migrations.migrate(database, back=1)
            assert (plan.back, [name for name, _ in plan.steps]) == (True, [revision])
            undone, left = await look(database)
            assert undone == before, f"{revision} leaves something behind"
            # A column that the revision had taken away is made anew from others, or empty.
            assert kept(kept(left, schema), before) == kept(rows, before), (
                f"{revision} loses rows on its way back"
            )

            await migrations.migrate(database, revision)
            again, still = await look(database)
            assert again == schema, f"{revision} is another one the second time"
            common = kept(left, schema)
            assert kept({name: still[name] for name in common}, undone) == common, f"{revision} loses rows"
            before = again
        assert await migrations.is_current(database)
        await migrations.migrate(database, migrations.EMPTY)
        assert (await look(database))[0] == {}


async def test_a_dry_run_changes_nothing_and_tells_what_would_be(empty: Settings) -> None:
    async with opened(empty) as database:
        plan = await migrations.migrate(database, dry_run=True)
        assert [name for name, _ in plan.steps] == migrations.revisions()
        assert await migrations.current(database) == migrations.EMPTY
        assert (await look(database))[0] == {}


async def test_a_migration_that_fails_leaves_the_schema_as_it_was(
    empty: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failure(Exception): ...

    def upgrade_then_fail(*arguments: Any) -> None:
        upgrade(*arguments)
        raise Failure

    upgrade = command.upgrade
    monkeypatch.setattr(command, "upgrade", upgrade_then_fail)
    async with opened(empty) as database:
        with pytest.raises(Failure):
            await migrations.migrate(database)
        assert (await look(database))[0] == {}


def start(environ: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hivesync_server", "migrate", "--json", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environ, stdout=pipe, stderr=pipe, text=True)


async def test_two_commands_at_once_migrate_once_and_both_end_well(environ: dict[str, str]) -> None:
    back = start(environ, "--to", "0001")
    told = json.loads(back.communicate(timeout=60)[0])
    assert (told["back"], told["after"], back.returncode) == (True, migrations.revisions()[0], 0)
    both = [start(environ) for _ in range(2)]
    plans = [json.loads(process.communicate(timeout=60)[0]) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(len(plan["steps"]) for plan in plans) == [0, len(migrations.revisions()) - 1]


async def test_a_schema_of_a_newer_release_is_named_and_left_alone(empty: Settings) -> None:
    async with opened(empty) as database:
        await migrations.migrate(database)
        async with database.transaction() as transaction:
            connection = await transaction.session.connection()
            await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999_future'")
        with pytest.raises(migrations.RevisionUnknown, match="9999_future"):
            await migrations.migrate(database)
        with pytest.raises(migrations.RevisionUnknown, match="9999_future"):
            await migrations.migrate(database, back=1)


def test_revisions_stand_in_one_line_in_the_order_of_their_files() -> None:
    folder = migrations.FOLDER / "versions"
    files = sorted(path.stem for path in folder.glob("[0-9]*.py"))
    assert migrations.revisions() == files
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
