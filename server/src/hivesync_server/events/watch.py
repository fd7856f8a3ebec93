"""What keeps streams going beside the pump: pings, signals to and from other processes, and the looks
that make up for signals that were lost or can't be had.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from hivesync_contract.errors import HiveSyncError
from sqlalchemy.exc import SQLAlchemyError

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database
from hivesync_server.adapters.signals import Signals
from hivesync_server.events.hub import EventHub
from hivesync_server.events.repository import EventRepository

LOOK_SECONDS = 2.0
"""How late an event of another process may be while signals can't be had."""

LOOK_BESIDE_SIGNALS_SECONDS = 15.0
SWEEP_SECONDS = 60.0
"""Everybody is looked at: a session that expired, or what was missed by all other means."""

LOOK_OVERLAP = timedelta(seconds=10)
"""How far a look goes back: events are seen when their transaction ends, not when they are dated."""

_NEWS_BATCH = 500
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EventWatch:
    """One per process."""

    database: Database
    hub: EventHub
    signals: Signals
    clock: Clock

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.signals.follow(self.hub.wake, self.hub.wake_all), name="event signals")
            group.create_task(self._tell(), name="event news")
            group.create_task(self._ping(), name="event pings")
            group.create_task(self._look(), name="event looks")

    async def _tell(self) -> None:
        while True:
            await self.hub.to_be_told.wait()
            self.hub.to_be_told.clear()
            while names := self.hub.take_news(_NEWS_BATCH):
                await self.signals.send(names)

    async def _ping(self) -> None:
        tick = 0
        while True:
            await asyncio.sleep(1)
            tick += 1
            self.hub.ping(tick)

    async def _look(self) -> None:
        looked = swept = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = time.monotonic()
            if now - swept >= SWEEP_SECONDS:
                swept = looked = now
                self.hub.wake_all()
            elif not self.signals.connected or now - looked >= LOOK_BESIDE_SIGNALS_SECONDS:
                looked = now
                await self._look_once()

    async def _look_once(self) -> None:
        """Ask for everybody at once who has new events; nothing is asked while nobody listens."""
        if not self.hub.users:
            return
        self.hub.looks += 1
        try:
            async with self.database.transaction(writes=False) as transaction:
                since = self.clock() - LOOK_OVERLAP
                self.hub.wake_behind(await EventRepository(transaction.session).last_numbers(since))
        except (SQLAlchemyError, HiveSyncError, OSError):
            _logger.exception("look at events failed")
