"""Puts a backup's rows into a database that has none: all of them, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hivesync_contract.errors import ErrorCode, HiveSyncError
from sqlalchemy import Connection, Table, func, insert, select, text, types
from sqlalchemy.exc import IntegrityError

from hivesync_server import migrations
from hivesync_server.adapters.db import Database
from hivesync_server.backup.files import BackupInvalid, BackupReader, End, TableBegins, reading, verify
from hivesync_server.backup.stored import stored_columns, stored_tables
from hivesync_server.backup.values import Convert, decoder

_BATCH = 500

Progress = Callable[[str], None]


class DatabaseNotEmpty(HiveSyncError):
    """The database has rows, which a restore would replace; that has to be said explicitly."""

    code = ErrorCode.CONFLICT


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored. `revision`: the schema that the database has now, `from_revision`: the backup's."""

    revision: str
    from_revision: str
    created_at: str
    rows: dict[str, int] = field(default_factory=dict)


async def restore(database: Database, path: Path, progress: Progress, *, replace: bool = False) -> Restored:
    """Restore a backup of this release or of an earlier one, in one transaction.

    The schema is first the backup's, so that its rows fit, and is then brought to this release's.
    """
    header = verify(path)
    with reading(path) as file:
        reader = BackupReader(file)
        async with migrations.locked(database) as connection:

            def work(connection: Connection) -> dict[str, int]:
                _make_room(connection, header.revision, replace=replace)
                rows = _Load(connection, progress).all(reader)
                migrations.move(connection, migrations.NEWEST)
                return rows

            try:
                rows = await connection.run_sync(work)
            except IntegrityError as error:
                raise BackupInvalid(
                    "Rows of the backup contradict one another; nothing was restored."
                ) from error
    return Restored(migrations.newest(), header.revision, header.created_at, rows)


def _make_room(connection: Connection, revision: str, *, replace: bool) -> None:
    tables = stored_tables(connection)
    used = [table.name for table in tables if connection.execute(select(table).limit(1)).first()]
    if used and not replace:
        raise DatabaseNotEmpty(
            f"The database has rows ({', '.join(used[:3])}…). Restore into a new one, or replace all of it "
            "with --force."
        )
    if revision not in migrations.revisions():
        raise BackupInvalid(
            f"The backup has the schema {revision}, which this release does not know. "
            "Restore it with the release that made it, or a later one."
        )
    migrations.move(connection, migrations.EMPTY)
    migrations.move(connection, revision)


class _Load:
    """Fills the tables, batch by batch."""

    def __init__(self, connection: Connection, progress: Progress) -> None:
        self._connection = connection
        self._progress = progress
        self._tables = {table.name: table for table in stored_tables(connection)}
        self._rows: dict[str, int] = {}
        self._table: Table | None = None
        self._names: tuple[str, ...] = ()
        self._decoders: list[Convert] = []
        self._waiting: list[dict[str, Any]] = []

    def all(self, reader: BackupReader) -> dict[str, int]:
        """Load everything, check that it is everything, and give how many rows each table has."""
        _check_keys_at_the_end(self._connection)
        for item in reader.items():
            match item:
                case TableBegins():
                    self._begin(item)
                case End():
                    self._finish(item)
                case _:
                    self._add(item)
        return self._rows

    def _begin(self, begins: TableBegins) -> None:
        self._flush()
        table = self._tables.get(begins.table)
        columns = {column.name: column for column in stored_columns(table)} if table is not None else {}
        if table is None or begins.table in self._rows or not columns.keys() >= set(begins.columns):
            raise BackupInvalid(f"The backup has a table {begins.table!r} that its schema has not.")
        self._table, self._names = table, begins.columns
        self._decoders = [decoder(columns[name]) for name in begins.columns]
        self._rows[table.name] = 0

    def _add(self, values: list[Any]) -> None:
        if len(values) != len(self._names):
            raise BackupInvalid("The backup has a row of the wrong length.")
        try:
            decoded = [
                None if value is None else decode(value)
                for decode, value in zip(self._decoders, values, strict=True)
            ]
        except (TypeError, ValueError) as error:
            raise BackupInvalid("The backup has a value of the wrong kind.") from error
        self._waiting.append(dict(zip(self._names, decoded, strict=True)))
        if len(self._waiting) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._table is None or not self._waiting:
            return
        self._connection.execute(insert(self._table), self._waiting)
        self._rows[self._table.name] += len(self._waiting)
        self._waiting = []

    def _finish(self, end: End) -> None:
        self._flush()
        if end.rows != self._rows:
            raise BackupInvalid("The backup was changed while it was restored.")
        for table in self._tables.values():
            _continue_numbers(self._connection, table)
        if self._connection.dialect.name == "sqlite":
            orphans = self._connection.execute(text("PRAGMA foreign_key_check")).first()
            if orphans is not None:
                raise BackupInvalid("Rows of the backup refer to rows that it does not have.")
        for name, count in self._rows.items():
            if count:
                self._progress(f"{name}: {count} rows")


def _check_keys_at_the_end(connection: Connection) -> None:
    # Postgres checks at the end of each statement, which the order of tables satisfies.
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))


def _continue_numbers(connection: Connection, table: Table) -> None:
    """Let Postgres number new rows after those that came with their numbers; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.columns:
        if not isinstance(column.type, types.Integer):
            continue
        sequence = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
        if sequence is not None:
            last = connection.scalar(select(func.max(column)))
            connection.execute(select(func.setval(sequence, (last or 0) + 1, False)))
