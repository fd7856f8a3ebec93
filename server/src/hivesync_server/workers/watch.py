"""The background task that sees when Workers fall silent, fall behind, or fail. Any number may run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hivesync_contract.notifications import NotificationType
from sqlalchemy.exc import IntegrityError

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database, Transaction
from hivesync_server.background.loop import Loop
from hivesync_server.jobs.outcomes import OUR_FAULTS
from hivesync_server.settings.groups import WorkerWatchSettings
from hivesync_server.workers.incidents import Incidents
from hivesync_server.workers.repository import WorkerRepository

PAUSE_SECONDS = 15.0
FAILED_WITHIN = timedelta(hours=1)
"""Failures of jobs are one incident for as long as they are no further apart than this."""


@dataclass(frozen=True, slots=True)
class WorkerWatch:
    """See the module."""

    database: Database
    incidents_on: Callable[[Transaction], Incidents]
    settings: WorkerWatchSettings
    clock: Clock
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Look now and then, until cancelled."""
        await Loop("worker watch", self.step, self.wake, PAUSE_SECONDS).run()

    async def step(self) -> bool:
        """Look once. Two servers that see the first incident ever at once: one of them looks again later."""
        try:
            async with self.database.transaction() as transaction:
                await self._look(self.incidents_on(transaction))
        except IntegrityError:
            return False
        return False

    async def _look(self, incidents: Incidents) -> None:
        workers, now = incidents.repository, incidents.now
        for kind, wrong in (
            (NotificationType.WORKER_DOWN, await self._silent(workers, now)),
            (NotificationType.QUEUE_HIGH, await self._behind(workers)),
            (NotificationType.JOB_FAILED, await self._failing(workers, now)),
        ):
            await incidents.settle(kind, wrong)

    async def _silent(self, workers: WorkerRepository, now: datetime) -> str | None:
        last = await workers.last_heartbeat()
        minutes = self.settings.down_minutes
        if last is None or now - last <= timedelta(minutes=minutes):
            return None
        return f"No Worker has been heard of for {minutes} minutes; previews and AI documentation wait"

    async def _behind(self, workers: WorkerRepository) -> str | None:
        high = self.settings.queue_high_jobs
        if await workers.count_waiting(high) < high:
            return None
        return f"{high} jobs or more wait to be taken by the Worker"

    async def _failing(self, workers: WorkerRepository, now: datetime) -> str | None:
        codes = {code.value for code in OUR_FAULTS}
        if await workers.count_failed(codes, now - FAILED_WITHIN, 1) == 0:
            return None
        return "A job failed for a reason that its user can't mend; its log has the details"
