"""Migrations make exactly the tables that the code expects, on both databases, however many run at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import hivesync_server
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_server import migrations
from hivesync_server.adapters.db import Database, open_database
from hivesync_server.migrations import configured
from hivesync_server.schema import DOMAINS, include_object, metadata
from hivesync_server.settings import Settings, load
from sqlalchemy import Connection


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a database without tables."""
    environ = {"HIVESYNC_DATA_DIR": str(tmp_path)}
    if request.param == "sqlite":
        yield load(environ)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create_database()
    yield load(environ | {"DATABASE_URL": server.url(name)})
    server.drop_database(name)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    database = open_database(settings.database)
    try:
        yield database
    finally:
        await database.close()


async def test_migrations_and_code_agree(empty: Settings) -> None:
    await configured.migrate(empty)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": include_object}
        )
        found: list[object] = compare_metadata(context, metadata())
        return found

    async with opened(empty) as database, database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def test_every_domain_with_tables_is_known() -> None:
    root = Path(hivesync_server.__file__).parent
    known = {Path(str(module.__file__)).relative_to(root) for module in DOMAINS}
    holding = {path.relative_to(root) for path in root.rglob("*.py") if "(Table)" in path.read_text("utf-8")}
    assert holding <= known


async def test_migrating_twice_at_once_is_safe(empty: Settings) -> None:
    await asyncio.gather(*(configured.migrate(empty) for _ in range(4)))
    async with opened(empty) as database:
        assert await migrations.is_current(database)


async def test_an_empty_database_is_not_current(empty: Settings) -> None:
    async with opened(empty) as database:
        assert not await migrations.is_current(database)
