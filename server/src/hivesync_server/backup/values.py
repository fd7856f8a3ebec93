"""Values of rows as JSON, the same for both databases: each keeps ids, times and bytes in its own way."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, types

Convert = Callable[[Any], Any]


def encoder(column: Column[Any]) -> Convert:
    """Give what makes JSON of the column's values."""
    match column.type:
        case types.LargeBinary():
            return lambda value: base64.b64encode(value).decode("ascii")
        case types.DateTime():
            return lambda value: _in_utc(value).isoformat()
        case types.Date():
            return date.isoformat
        case types.Uuid():
            return str
        case types.CHAR(length=32):  # SQLite's form of a UUID
            return lambda value: str(UUID(value))
        case types.Numeric():
            return str
        case types.Boolean() | types.Integer() | types.Float() | types.String() | types.JSON():
            return _unchanged
    raise TypeError(f"{column.table.name}.{column.name}: {column.type!r} has no form in a backup")


def decoder(column: Column[Any]) -> Convert:
    """Give what makes the column's value of JSON."""
    match column.type:
        case types.LargeBinary():
            return base64.b64decode
        case types.DateTime(timezone=True):
            return datetime.fromisoformat
        case types.DateTime():
            return lambda value: datetime.fromisoformat(value).replace(tzinfo=None)
        case types.Date():
            return date.fromisoformat
        case types.Uuid():
            return UUID
        case types.CHAR(length=32):
            return lambda value: UUID(value).hex
        case types.Numeric():
            return Decimal
    return _unchanged


def _in_utc(value: datetime) -> datetime:
    # SQLite keeps no zone; what is written there is UTC.
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _unchanged(value: Any) -> Any:
    return value
