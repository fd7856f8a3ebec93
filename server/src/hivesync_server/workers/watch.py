"""The background task that sees when Workers fall silent, fall behind, or fail. Any number may run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database, Transaction
from hivesync_server.alerts.incidents import Incident, Incidents
from hivesync_server.background.loop import Loop
from hivesync_server.jobs.outcomes import OUR_FAULTS
from hivesync_server.settings.groups import WorkerWatchSettings
from hivesync_server.workers.repository import WorkerRepository

PAUSE_SECONDS = 15.0
FAILED_WITHIN = timedelta(hours=1)
"""Failures of jobs count together for so long; the incident is over once there are fewer."""


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
        """Look once."""
        async with self.database.transaction() as transaction:
            await self._look(WorkerRepository(transaction.session), self.incidents_on(transaction))
        return False

    async def _look(self, workers: WorkerRepository, incidents: Incidents) -> None:
        now = incidents.now
        for incident, wrong in (
            (Incident.WORKER_DOWN, await self._silent(workers, now)),
            (Incident.QUEUE_HIGH, await self._behind(workers)),
            (Incident.JOB_FAILED, await self._failing(workers, now)),
        ):
            await incidents.settle(incident, wrong)

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
        many = self.settings.failed_jobs
        if await workers.count_failed(codes, now - FAILED_WITHIN, many) < many:
            return None
        what = "A job" if many == 1 else f"{many} jobs or more"
        return f"{what} failed within an hour for reasons that users can't mend; their logs have the details"
