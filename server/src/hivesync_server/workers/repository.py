"""Queries on Workers, and on what waits for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.jobs.tables import JobRow, OutboxRow
from hivesync_server.workers.tables import WorkerHeartbeatRow


@dataclass(frozen=True, slots=True)
class WorkerRepository:
    """Workers and their work."""

    session: AsyncSession

    async def locked(self, worker_id: str) -> WorkerHeartbeatRow | None:
        query = select(WorkerHeartbeatRow).where(WorkerHeartbeatRow.worker_id == worker_id)
        return await self.session.scalar(query.with_for_update())

    async def all(self) -> Sequence[WorkerHeartbeatRow]:
        """Give the last heartbeat of every Worker, the latest first."""
        query = select(WorkerHeartbeatRow).order_by(WorkerHeartbeatRow.received_at.desc())
        return (await self.session.scalars(query)).all()

    async def last_heartbeat(self) -> datetime | None:
        return await self.session.scalar(select(func.max(WorkerHeartbeatRow.received_at)))

    async def count_waiting(self, most: int) -> int:
        """Count deliveries that wait, no further than `most`."""
        waiting = select(OutboxRow.id).limit(most).subquery()
        return await self.session.scalar(select(func.count()).select_from(waiting)) or 0

    async def count_failed(self, codes: Collection[str], since: datetime, most: int) -> int:
        """Count jobs that failed for these reasons, no further than `most`."""
        failed = select(JobRow.id).where(JobRow.finished_at > since, JobRow.error_code.in_(codes))
        counted = select(func.count()).select_from(failed.limit(most).subquery())
        return await self.session.scalar(counted) or 0
