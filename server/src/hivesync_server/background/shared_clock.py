"""The time that all processes on one database have in common: that of the database server.

Leases, deadlines and claims are written by one process and read by another. If each went by its own machine's
clock, one that runs ahead would take work out of hands that are still at it, and after one was set back its
rows would wait for hours.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from hivesync_server.adapters.clock import Clock, utc_now
from hivesync_server.adapters.db import Database
from hivesync_server.background.loop import Loop

LOOK_SECONDS = 10.0
_SLOW_SECONDS = 1.0
"""An answer that took longer than this tells too little."""

_SKEW_MAX = timedelta(seconds=5)
_logger = logging.getLogger(__name__)


class SharedClock:
    """A `Clock`. Between looks at the server it goes on by a clock that nobody sets.

    Before the first one, and where the database is a file of this machine, it is the machine's own.
    """

    def __init__(
        self, database: Database, own: Clock = utc_now, steady_seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._own = own
        self._steady_seconds = steady_seconds
        self._seen: tuple[datetime, float] | None = None
        self._differed = False

    def __call__(self) -> datetime:
        if self._seen is None:
            return self._own()
        moment, steady = self._seen
        return moment + timedelta(seconds=self._steady_seconds() - steady)

    async def begin(self) -> None:
        """Look for the first time, before anything is timed; if the database is away, `run` looks again."""
        try:
            await self.look()
        except (SQLAlchemyError, OSError):
            _logger.exception("the database server does not tell its time")

    async def run(self) -> None:
        """Look now and then, until cancelled."""
        await Loop("shared clock", self.look, asyncio.Event(), LOOK_SECONDS).run()

    async def look(self) -> None:
        """Take over the server's time."""
        asked = self._steady_seconds()
        there = await self._database.server_time()
        answered = self._steady_seconds()
        if there is None or answered - asked > _SLOW_SECONDS:
            return
        self._seen = there, (asked + answered) / 2
        self._tell(self._own() - self())

    def _tell(self, ahead: timedelta) -> None:
        """Say once when this machine's clock is wrong, or the server's is: certificates and logs go by it."""
        differs = abs(ahead) > _SKEW_MAX
        if differs and not self._differed:
            _logger.warning(
                "this machine's clock differs from the database server's",
                extra={"ahead_seconds": round(ahead.total_seconds())},
            )
        self._differed = differs
