"""The tables as the database itself describes them: today's models know nothing of an older schema."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, inspect, text, types

VERSION_TABLE = "alembic_version"


def stored_tables(connection: Connection) -> list[Table]:
    """Give the tables that hold rows of their own, referenced ones first."""
    names = stored_names(connection)
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in names)
    return found.sorted_tables


def stored_names(connection: Connection) -> set[str]:
    """Give their names. SQLite's full-text indexes live in tables of which nobody may write a row."""
    if connection.dialect.name != "sqlite":
        return set(inspect(connection).get_table_names()) - {VERSION_TABLE}
    listed = connection.execute(text("PRAGMA table_list")).mappings().all()
    ordinary = {row["name"] for row in listed if row["type"] == "table" and row["schema"] == "main"}
    return {name for name in ordinary if not name.startswith("sqlite_")} - {VERSION_TABLE}


def stored_columns(table: Table) -> list[Column[Any]]:
    """Give the columns that hold what somebody wrote, and not what the database works out by itself."""
    return [column for column in table.columns if column.computed is None and not is_opaque(column)]


def is_opaque(column: Column[Any]) -> bool:
    """Tell whether only the database can make sense of the value: a text-search vector."""
    return isinstance(column.type, types.NullType) or "TSVECTOR" in str(column.type).upper()
