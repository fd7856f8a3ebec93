"""Queries on exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.accounts import ExportState
from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.exports.tables import ExportJobRow, ExportRow


@dataclass(frozen=True, slots=True)
class ExportRepository:
    """Exports and the jobs that make them."""

    session: AsyncSession

    async def add(self, row: ExportRow, job: ExportJobRow) -> None:
        self.session.add(row)
        await self.session.flush()
        self.session.add(job)

    async def newest(self, user_id: str, now: datetime) -> ExportRow | None:
        """Give a user's export, if it was not over before `now`."""
        query = select(ExportRow).where(ExportRow.user_id == user_id, ExportRow.expires_at > now)
        return await self.session.scalar(query.order_by(ExportRow.id.desc()).limit(1))

    async def end_all(self, user_id: str, now: datetime) -> None:
        """Have a user's exports be over."""
        mine = ExportRow.user_id == user_id, ExportRow.expires_at > now
        await self.session.execute(update(ExportRow).where(*mine).values(expires_at=now))

    async def locked(self, export_id: str) -> ExportRow | None:
        query = select(ExportRow).where(ExportRow.id == export_id).with_for_update()
        return await self.session.scalar(query.execution_options(populate_existing=True))

    async def over(self, now: datetime, limit: int) -> Sequence[ExportRow]:
        """Give and lock exports that nobody may fetch any more, and that nobody is making."""
        making = select(ExportJobRow.export_id).where(ExportJobRow.export_id == ExportRow.id).exists()
        ended = or_(ExportRow.user_id.is_(None), ExportRow.expires_at <= now)
        query = select(ExportRow).where(ended, ~making).limit(limit)
        return (await self.session.scalars(query.with_for_update(skip_locked=True))).all()

    async def finish(self, row: ExportRow, state: ExportState) -> None:
        """Note how it went; its job is done."""
        row.state = state.value
        await self.session.execute(delete(ExportJobRow).where(ExportJobRow.export_id == row.id))
