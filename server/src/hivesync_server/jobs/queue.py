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
from hivesync_server.previews.tables import PreviewRow

_PRIORITY = {Tier.PREMIUM: 0, Tier.PRO: 1, Tier.FREE: 2}


@dataclass(frozen=True, slots=True)
class JobQueue:
    """The way into the outbox."""

    transaction: Transaction
    ready: asyncio.Event
    now: datetime

    async def add_preview_build(self, preview: PreviewRow, version: int, tier: Tier) -> None:
        """Queue the build of one version."""
        job = JobRow(
            id=new_id(),
            kind=JobKind.PREVIEW_BUILD.value,
            preview_id=preview.id,
            version=version,
            tier=tier.value,
            state="queued",
            attempt=1,
            created_at=self.now,
        )
        await JobRepository(self.transaction.session).add(job)
        await self.add_delivery(job)

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
        await JobRepository(self.transaction.session).add(row)
        self.transaction.after_commit(self.ready.set)
