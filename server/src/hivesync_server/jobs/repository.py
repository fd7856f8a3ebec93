"""Queries on jobs and on the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.jobs import JobKind
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

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
        """Give and lock sent jobs whose answer did not come in time, in the order in which they were sent."""
        query = (
            select(JobRow).where(JobRow.state == "sent", JobRow.deadline_at <= now).order_by(JobRow.sent_at)
        )
        return (await self.session.scalars(query.limit(limit).with_for_update(skip_locked=True))).all()

    async def turn_of(self, job: JobRow, now: datetime) -> datetime:
        """Give since when it is a sent job's turn; `now` while one that was sent before it is open.

        The Worker takes one after another. What it passed over, for one that was sent later, it has lost.
        """
        sent_at = job.sent_at or now
        before, since = JobRow.sent_at < sent_at, JobRow.finished_at > sent_at
        later = (JobRow.tier == job.tier, JobRow.state == "succeeded", JobRow.sent_at > sent_at, since)
        if await self._newest(job, JobRow.sent_at, *later):
            return sent_at
        if await self._newest(job, JobRow.sent_at, JobRow.state.in_(OPEN_STATES), before):
            return now
        ended = await self._newest(job, JobRow.finished_at, before, since)
        # One that was given up and sent again has left its place in the line.
        again = JobRow.attempt > 1, JobRow.sent_at > sent_at, JobRow.state.in_(OPEN_STATES) | since
        left = await self._newest(job, JobRow.sent_at, *again)
        return max(sent_at, ended or sent_at, left or sent_at)

    async def _newest(
        self, job: JobRow, time: InstrumentedAttribute[datetime | None], *those: ColumnElement[bool]
    ) -> datetime | None:
        """Give the latest of a time that jobs of the same kind have; None if there are no such jobs."""
        return await self.session.scalar(select(func.max(time)).where(JobRow.kind == job.kind, *those))

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
