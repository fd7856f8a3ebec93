"""Adds jobs: the job and its delivery in the caller's transaction, so that accepted means committed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.identity import Tier
from hivesync_contract.jobs import JobKind

from hivesync_server.adapters.db import Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.jobs.repository import JobRepository
from hivesync_server.jobs.tables import JobRow, OutboxRow
from hivesync_server.logs import traceparent

_PRIORITY = {Tier.PREMIUM: 0, Tier.PRO: 1, Tier.FREE: 2}


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done, for whom. `version` counts the versions of a subject that has any."""

    kind: JobKind
    project_id: str
    user_id: str
    subject_id: str
    tier: Tier
    version: int = 1


@dataclass(frozen=True, slots=True)
class JobQueue:
    """The way into the outbox, and out of it."""

    transaction: Transaction
    ready: asyncio.Event
    now: datetime

    @property
    def jobs(self) -> JobRepository:
        return JobRepository(self.transaction.session)

    async def add(self, work: Work) -> JobRow:
        """Queue a job."""
        job = JobRow(
            id=new_id(),
            kind=work.kind.value,
            project_id=work.project_id,
            user_id=work.user_id,
            subject_id=work.subject_id,
            version=work.version,
            tier=work.tier.value,
            state="queued",
            attempt=1,
            created_at=self.now,
            traceparent=traceparent.get() or None,
        )
        await self.jobs.add(job)
        await self.add_delivery(job)
        return job

    async def add_delivery(self, job: JobRow) -> None:
        """Queue the delivery of a job's present attempt, and wake the dispatcher once it is committed."""
        row = OutboxRow(
            id=f"{job.id}.{job.attempt}",
            job_id=job.id,
            attempt=job.attempt,
            priority=_PRIORITY[Tier(job.tier)],
            tries=0,
            available_at=self.now,
        )
        await self.jobs.add(row)
        self.transaction.after_commit(self.ready.set)

    async def cancel(self, subject_id: str, *, only_undelivered: bool = False) -> None:
        """End the open jobs of a subject that nobody waits for any more; late reports then change nothing.

        A job that is being ended or sent at this moment is left alone: its report finds no subject.
        """
        for job in await self.jobs.open_of(subject_id):
            if job.state == "queued" or not only_undelivered:
                await self.end(job, "cancelled")

    async def end(self, job: JobRow, state: str) -> None:
        """Give a job its last state; what waits for it waits no longer."""
        job.state, job.finished_at, job.deadline_at = state, self.now, None
        await self.jobs.drop_deliveries(job.id)
