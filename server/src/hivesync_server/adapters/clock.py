"""The time, so that tests can move it; nothing else here reads the wall clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the current time in UTC."""


def utc_now() -> datetime:
    """Give the system's time."""
    return datetime.now(UTC)
