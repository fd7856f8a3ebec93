"""Ids of rows: UUIDv7, so that they sort by the time they were made in."""

from __future__ import annotations

from datetime import datetime

import uuid_utils


def new_id() -> str:
    """Give a new id in its usual lower-case form."""
    return str(uuid_utils.uuid7())


def first_id_at(moment: datetime) -> str:
    """Give an id that is not greater than any made from `moment` on."""
    digits = f"{int(moment.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-000000000000"
