"""Writes all rows as they were at one moment, while servers go on working."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hivesync_server import __version__, migrations
from hivesync_server.adapters.db import Database
from hivesync_server.backup.files import BackupWriter, Header, writing
from hivesync_server.backup.stored import stored_columns, stored_tables
from hivesync_server.backup.values import encoder

_FETCH = 500

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Saved:
    """A finished backup."""

    path: str
    revision: str
    size_bytes: int
    rows: dict[str, int] = field(default_factory=dict)


async def save(database: Database, path: Path, now: datetime, progress: Progress) -> Saved:
    """Write a backup to `path`, which has the new one or still the old one, whatever happens."""
    async with database.snapshot() as connection:
        await migrations.hold_still(connection)
        revision = await connection.run_sync(migrations.current_of)
        tables = await connection.run_sync(stored_tables)
        with writing(path) as file:
            writer = BackupWriter(file, Header(revision, __version__, now.isoformat()))
            for table in tables:
                await _save_table(connection, table, writer)
                if writer.rows[table.name]:
                    progress(f"{table.name}: {writer.rows[table.name]} rows")
            writer.end()
    return Saved(str(path), revision, os.stat(path).st_size, writer.rows)


async def _save_table(connection: AsyncConnection, table: Table, writer: BackupWriter) -> None:
    columns = stored_columns(table)
    encoders = [encoder(column) for column in columns]
    writer.begin(table.name, [column.name for column in columns])
    query = select(*columns).order_by(*table.primary_key.columns)
    async with connection.stream(query, execution_options={"yield_per": _FETCH}) as rows:
        async for row in rows:
            writer.row(
                [
                    None if value is None else encode(value)
                    for encode, value in zip(encoders, row, strict=True)
                ]
            )
