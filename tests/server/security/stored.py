"""Everything that a database holds, to tell whether requests that were refused changed nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.schema import metadata
from sqlalchemy import select

Stored = dict[tuple[str, tuple[Any, ...]], dict[str, Any]]
"""Each row by its table and primary key."""


async def stored(backend: RunningBackend) -> Stored:
    """Give all rows, once background work has come to rest."""
    before: Stored = {}
    while (now := await _rows(backend)) != before:
        before = now
        await asyncio.sleep(0.3)
    return now


async def _rows(backend: RunningBackend) -> Stored:
    found: Stored = {}
    async with backend.resources.database.transaction(writes=False) as transaction:
        for table in metadata().sorted_tables:
            for row in (await transaction.session.execute(select(table))).mappings():
                key = tuple(row[column.name] for column in table.primary_key)
                found[table.name, key] = dict(row)
    return found


def changes(before: Stored, after: Stored, may_change: Iterable[str]) -> list[str]:
    """Say what is gone or other than before; `may_change` names columns as `table.column`."""
    allowed = set(may_change)
    said = []
    for (table, key), row in before.items():
        if (now := after.get((table, key))) is None:
            said.append(f"{table} {key} is gone")
            continue
        for column, value in row.items():
            if now[column] != value and f"{table}.{column}" not in allowed:
                said.append(f"{table}.{column} was {value!r} and is {now[column]!r}")
    return said


def naming(before: Stored, after: Stored, ids: Iterable[str]) -> list[str]:
    """Give the new rows that name one of these ids."""
    wanted = set(ids)
    new = [(table, row) for (table, key), row in after.items() if (table, key) not in before]
    return [f"{table}: {row}" for table, row in new if wanted & {str(value) for value in row.values()}]
