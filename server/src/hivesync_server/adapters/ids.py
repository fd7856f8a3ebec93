"""Ids of rows: UUIDv7, so that they sort by the time they were made in."""

from __future__ import annotations

import uuid_utils


def new_id() -> str:
    """Give a new id in its usual lower-case form."""
    return str(uuid_utils.uuid7())
