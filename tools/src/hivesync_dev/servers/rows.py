"""Rows for tables of which only the database itself knows anything: to prove that none is lost.

Works on what is found in the database, not on today's models, so it fits every revision of the schema.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hivesync_server.backup.stored import is_opaque, stored_columns
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Constraint,
    ForeignKeyConstraint,
    Index,
    Table,
    insert,
    select,
    types,
)
from sqlalchemy.schema import ColumnCollectionConstraint

_START = datetime(2026, 1, 1, tzinfo=UTC)
_numbers = count(1)


def add_rows(connection: Connection, tables: list[Table]) -> None:
    """Put a row into every table that has none."""
    for table in tables:
        if connection.execute(select(table).limit(1)).first() is None:
            connection.execute(insert(table), _row(connection, table))


def rows_of(connection: Connection, tables: list[Table]) -> dict[str, list[dict[str, Any]]]:
    """Give all rows of all tables, in a stable order."""
    return {
        table.name: sorted(
            (_comparable(table, dict(row)) for row in connection.execute(select(table)).mappings()), key=repr
        )
        for table in tables
    }


def describe(tables: list[Table]) -> dict[str, Any]:
    """Give what the tables look like, in values that can be compared."""
    return {
        table.name: {
            "columns": {column.name: _column(column) for column in table.columns},
            "constraints": sorted(map(_constraint, table.constraints)),
            "indexes": sorted(map(_index, table.indexes)),
        }
        for table in tables
    }


def _column(column: Column[Any]) -> tuple[str, bool, str]:
    made = column.computed.sqltext if column.computed is not None else None
    given = getattr(column.server_default, "arg", None)
    return str(column.type), bool(column.nullable), f"{given} {made}"


def _constraint(constraint: Constraint) -> str:
    parts = [type(constraint).__name__, str(constraint.name)]
    match constraint:
        case ForeignKeyConstraint():
            targets = [element.target_fullname for element in constraint.elements]
            parts += [*constraint.column_keys, *targets, str(constraint.ondelete), str(constraint.onupdate)]
        case ColumnCollectionConstraint():
            parts += [column.name for column in constraint.columns]
    if isinstance(constraint, CheckConstraint):
        parts.append(str(constraint.sqltext))
    return " ".join(parts)


def _index(index: Index) -> str:
    options = {
        name: str(value) for name, value in index.dialect_kwargs.items() if value not in (None, {}, [], False)
    }
    return (
        f"{index.name} {[str(part) for part in index.expressions]} {index.unique} {sorted(options.items())}"
    )


def _row(connection: Connection, table: Table) -> dict[str, Any]:
    referenced = _referenced(connection, table)
    return {
        column.name: referenced.get(column.name, None) or _value(column)
        for column in stored_columns(table)
        if column.identity is None
    }


def _referenced(connection: Connection, table: Table) -> dict[str, Any]:
    """Give the values of foreign keys: those of a row that is there already."""
    values: dict[str, Any] = {}
    for key in table.foreign_key_constraints:
        if key.referred_table is table:
            values |= dict.fromkeys(key.column_keys)
            continue
        row = connection.execute(select(key.referred_table).limit(1)).mappings().one()
        values |= {element.parent.name: row[element.column.name] for element in key.elements}
    return values


def _value(column: Column[Any]) -> Any:
    number = next(_numbers)
    match column.type:
        case types.Uuid():
            return uuid.uuid4()
        case types.Boolean():
            return True
        case types.Integer() | types.Numeric() | types.Float():
            return number
        case types.DateTime():
            return _START + timedelta(seconds=number)
        case types.LargeBinary():
            return secrets.token_bytes(32)
        case types.JSON():
            return {"number": number}
        case types.CHAR(length=32):
            return uuid.uuid4().hex  # SQLite's form of a UUID
        case types.String(length=length):
            return f"{column.name[:2]}{number}"[: length or 40]
    raise TypeError(f"{column.table.name}.{column.name}: no value is known for {column.type!r}")


def _comparable(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not is_opaque(table.columns[name])}
