"""Ids of rows: UUIDv7, so that they sort by the time they were made in, whichever server made them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import uuid_utils

from hivesync_server.adapters.clock import Clock, utc_now

_TIME_SHIFT = 80
"""A UUIDv7 begins with 48 bits of milliseconds; its other 80 count within them."""

_TOLERATED_MS = 50
"""So little is left alone: each correction backwards may put an id before the one made last."""

_PAUSED_MS = 10
"""A process that was held up for longer between two looks at clocks learns nothing from comparing them."""


@dataclass(slots=True)
class _Time:
    """The one thing that is the process's and nobody's: rows are made where no clock is at hand.

    Lists are sorted by id and read on from one. With the clocks of several machines in them, what is made
    on the one that is late would appear in the middle of what was read before.
    """

    clock: Clock = utc_now
    ahead_ms: int = 0


_time = _Time()


def go_by(clock: Clock) -> None:
    """Have this process's ids tell that clock's time, not the machine's."""
    _time.clock = clock


def new_id() -> str:
    """Give a new id in its usual lower-case form; while no clock is set, greater than the one before."""
    began = _now_ms()
    made = uuid_utils.uuid7().int
    ahead_ms, paused_ms = began - (made >> _TIME_SHIFT), _now_ms() - began
    if abs(ahead_ms - _time.ahead_ms) > _TOLERATED_MS and paused_ms < _PAUSED_MS:
        _time.ahead_ms = ahead_ms
    return str(UUID(int=made + (_time.ahead_ms << _TIME_SHIFT)))


def _now_ms() -> int:
    return int(_time.clock().timestamp() * 1000)


def first_id_at(moment: datetime) -> str:
    """Give an id that is not greater than any made from `moment` on."""
    digits = f"{int(moment.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-000000000000"
