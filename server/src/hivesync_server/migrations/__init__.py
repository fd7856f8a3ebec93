"""Changes of the database's schema, run by `hivesync-server migrate`; several may do so at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import Connection

from hivesync_server.adapters.db import Database

_LOCK_NUMBER = 0x48697665_53796E63
"""Of Postgres's advisory lock: “HiveSync” in ASCII."""


async def migrate(database: Database) -> None:
    """Bring the schema to the newest version, in one transaction."""
    # On SQLite a write transaction is the lock itself.
    async with database.transaction() as transaction:
        if database.is_postgres:
            await transaction.session.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_NUMBER}
            )
        connection = await transaction.session.connection()
        await connection.run_sync(_upgrade)


async def is_current(database: Database) -> bool:
    """Tell whether the schema is the one that this release was written for."""
    async with database.transaction(writes=False) as transaction:
        connection = await transaction.session.connection()
        return await connection.run_sync(_is_current)


def config_for(connection: Connection) -> Config:
    """Give Alembic its settings; there is no alembic.ini, since an installed package has no such file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def _is_current(connection: Connection) -> bool:
    newest = ScriptDirectory.from_config(config_for(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest


def _upgrade(connection: Connection) -> None:
    command.upgrade(config_for(connection), "head")
