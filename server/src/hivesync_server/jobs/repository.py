"""Queries on jobs and on the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.jobs import JobKind
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.jobs.tables import OPEN_STATES, JobRow, OutboxRow


@dataclass(frozen=True, slots=True)
class JobRepository:
    """Jobs and their deliveries."""

    session: AsyncSession

    async def add(self, row: JobRow | OutboxRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def locked(self, job_id: str) -> JobRow | None:
        """Give a job that nobody else changes until this transaction ends."""
        return await self.session.scalar(select(JobRow).where(JobRow.id == job_id).with_for_update())

    async def open_of(self, subject_id: str) -> Sequence[JobRow]:
        """Give and lock the open jobs of a subject, but those that somebody else is just changing.

        Whoever asks holds the subject, and who changes a job may be waiting for that.
        """
        query = select(JobRow).where(JobRow.subject_id == subject_id, JobRow.state.in_(OPEN_STATES))
        return (await self.session.scalars(query.with_for_update(skip_locked=True))).all()

    async def count_open(self, user_id: str, kind: JobKind, *, besides: str | None = None) -> int:
        """Count for how many subjects, `besides` one, a user has work under way."""
        query = select(func.count(JobRow.subject_id.distinct())).where(
            JobRow.user_id == user_id, JobRow.kind == kind.value, JobRow.state.in_(OPEN_STATES)
        )
        if besides is not None:
            query = query.where(JobRow.subject_id != besides)
        return await self.session.scalar(query) or 0

    async def drop_deliveries(self, job_id: str) -> None:
        """Forget what waits for a job that has ended."""
        await self.session.execute(delete(OutboxRow).where(OutboxRow.job_id == job_id))

    async def overdue(self, now: datetime, limit: int) -> Sequence[JobRow]:
        """Give and lock sent jobs whose answer did not come in time."""
        query = select(JobRow).where(JobRow.state == "sent", JobRow.deadline_at <= now)
        return (await self.session.scalars(query.limit(limit).with_for_update(skip_locked=True))).all()

    async def abandoned(self, created_before: datetime, limit: int) -> Sequence[JobRow]:
        """Give and lock jobs that never reached a Worker in all that time."""
        query = select(JobRow).where(JobRow.state == "queued", JobRow.created_at < created_before)
        return (await self.session.scalars(query.limit(limit).with_for_update(skip_locked=True))).all()

    async def ended(self, before: datetime, limit: int) -> Sequence[JobRow]:
        """Give and lock jobs that ended before then."""
        query = select(JobRow).where(JobRow.finished_at < before)
        return (await self.session.scalars(query.limit(limit).with_for_update(skip_locked=True))).all()

    async def forget(self, rows: Sequence[JobRow]) -> None:
        for row in rows:
            await self.session.delete(row)
