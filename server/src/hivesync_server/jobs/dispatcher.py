"""The dispatcher: one background task that delivers what waits and watches deadlines.

Any number may run, in any number of processes: each delivery is leased to one of them at a time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.identity import Tier
from hivesync_contract.jobs import Job, JobKind

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database, Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.background.backoff import backoff
from hivesync_server.background.leases import LEASE, Leases, kept
from hivesync_server.background.loop import FINISH_SECONDS, Loop
from hivesync_server.jobs.delivery import Delivery, JobRefused, WorkerGate
from hivesync_server.jobs.outcomes import JobOutcomes
from hivesync_server.jobs.tables import JobRow, OutboxRow

_logger = logging.getLogger(__name__)

BATCH = 8
POLL_SECONDS = 1.0
BACKOFF_FIRST_SECONDS = 0.5
BACKOFF_MAX_SECONDS = 30.0
LOOK_AGAIN = timedelta(seconds=5)
LINE_MAX = timedelta(minutes=15)
"""Whoever asked waits no longer for all that was sent before; the agent does not, either."""
QUEUED_MAX = timedelta(hours=24)


@dataclass(slots=True)
class Dispatcher:
    """See the module. `ready` is set by whoever queues a job in this process."""

    database: Database
    gate: WorkerGate
    outcomes_on: Callable[[Transaction], JobOutcomes]
    clock: Clock
    ready: asyncio.Event
    deadlines: Mapping[JobKind, timedelta]
    lease: str = field(default_factory=new_id)

    async def run(self) -> None:
        """Work until cancelled."""
        await Loop("dispatcher", self.step, self.ready, POLL_SECONDS, FINISH_SECONDS).run()

    async def step(self) -> bool:
        """Do what is due now; tell whether there was anything."""
        await self._watch_deadlines()
        deliveries = await self._claim()
        if not deliveries:
            return False
        in_hand = OutboxRow.id.in_([delivery.message_id for delivery in deliveries])
        kept_in_hand = kept(self.database, self.clock, OutboxRow, self.lease, in_hand)
        async with kept_in_hand, asyncio.TaskGroup() as group:
            for delivery in deliveries:
                group.create_task(self._deliver(delivery), name=f"deliver {delivery.message_id}")
        return True

    async def _claim(self) -> list[Delivery]:
        async with self.database.transaction() as transaction:
            waiting = self._waiting(transaction)
            rows = await waiting.claim(self.clock(), LEASE, BATCH, OutboxRow.priority, OutboxRow.id)
            return [delivery for row in rows if (delivery := await self._load(transaction, row))]

    async def _load(self, transaction: Transaction, row: OutboxRow) -> Delivery | None:
        outcomes = self.outcomes_on(transaction)
        job = await transaction.session.get_one(JobRow, row.job_id)
        parcel = await outcomes.handler_of(job).parcel(job)
        if parcel is None:  # what it was for is gone
            await outcomes.queue.end(job, "cancelled")
            return None
        message = Job(job.id, JobKind(job.kind), row.attempt, Tier(job.tier), parcel.preview, parcel.ai_docs)
        return Delivery(row.id, message, parcel.key, parcel.content, job.traceparent or "")

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            await self.gate.deliver(delivery)
        except JobRefused as error:
            await self._refused(delivery, error)
        except HiveSyncError as error:
            _logger.warning("delivery postponed", extra={"job": delivery.job.job_id, "reason": error.detail})
            await self._postpone(delivery)
        else:
            await self._sent(delivery)

    async def _sent(self, delivery: Delivery) -> None:
        async with self.database.transaction() as transaction:
            outcomes, job, row = await self._held(transaction, delivery)
            if row is None:
                return
            await transaction.session.delete(row)
            # The callback may have been faster than this line; then the job has ended already.
            if job is not None and job.state == "queued" and job.attempt == row.attempt:
                job.state, job.sent_at = "sent", outcomes.now
                job.deadline_at = outcomes.now + self._deadline(job)
                await outcomes.handler_of(job).started(job)

    async def _postpone(self, delivery: Delivery) -> None:
        async with self.database.transaction() as transaction:
            outcomes, job, row = await self._held(transaction, delivery)
            if row is None or job is None:
                return
            pause = backoff(row.tries + 1, BACKOFF_FIRST_SECONDS, BACKOFF_MAX_SECONDS)
            row.postpone(outcomes.now + pause)
            if outcomes.now - job.created_at > self._deadline(job):
                await outcomes.handler_of(job).note_delay(job)

    async def _refused(self, delivery: Delivery, error: JobRefused) -> None:
        _logger.error("job refused", extra={"job": delivery.job.job_id, "reason": error.detail})
        async with self.database.transaction() as transaction:
            outcomes, job, _ = await self._held(transaction, delivery)
            if job is not None and job.attempt == delivery.job.attempt:
                message = "The Worker could not read the job; this is a fault of ours."
                await outcomes.fail(job, ErrorCode.INTERNAL_ERROR, message)

    async def _held(
        self, transaction: Transaction, delivery: Delivery
    ) -> tuple[JobOutcomes, JobRow | None, OutboxRow | None]:
        """Lock in the order in which callbacks do: the job, then its delivery."""
        outcomes = self.outcomes_on(transaction)
        job = await outcomes.jobs.locked(delivery.job.job_id)
        row = await self._waiting(transaction).held(OutboxRow.id == delivery.message_id)
        return outcomes, job, row

    def _deadline(self, job: JobRow) -> timedelta:
        return self.deadlines[JobKind(job.kind)]

    def _waiting(self, transaction: Transaction) -> Leases[OutboxRow]:
        return Leases(transaction.session, OutboxRow, self.lease)

    async def _is_late(self, outcomes: JobOutcomes, job: JobRow) -> bool:
        """Tell whether a job had its time, from its turn on: to wait for others is no fault."""
        turn = await outcomes.jobs.turn_of(job, outcomes.now)
        sent_at = job.sent_at or turn
        return outcomes.now >= min(turn + self._deadline(job), sent_at + LINE_MAX)

    async def _watch_deadlines(self) -> None:
        async with self.database.transaction() as transaction:
            outcomes = self.outcomes_on(transaction)
            for job in await outcomes.jobs.overdue(outcomes.now, BATCH):
                if not await self._is_late(outcomes, job):
                    job.deadline_at = outcomes.now + LOOK_AGAIN
                    continue
                _logger.warning("job unanswered", extra={"job": job.id, "attempt": job.attempt})
                await outcomes.retry_or_fail(job)
            for job in await outcomes.jobs.abandoned(outcomes.now - QUEUED_MAX, BATCH):
                message = "The Worker could not be reached for a day."
                await outcomes.fail(job, ErrorCode.WORKER_TIMEOUT, message)
