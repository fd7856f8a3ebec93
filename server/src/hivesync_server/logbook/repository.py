"""Queries on the logbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.logbook.tables import LogRow

ROWS_MAX = 50_000
"""However much was logged: nobody reads more, and a fault that repeats must not fill the disk."""


@dataclass(frozen=True, slots=True)
class LogRepository:
    """Records, newest first."""

    session: AsyncSession

    async def page(self, level: str | None, after: str | None, limit: int) -> Sequence[LogRow]:
        """Give up to `limit`, of one level or all, and one more if there is more."""
        query = select(LogRow) if level is None else select(LogRow).where(LogRow.level == level)
        if after is not None:
            query = query.where(LogRow.id < after)
        return (await self.session.scalars(query.order_by(LogRow.id.desc()).limit(limit + 1))).all()

    async def forget(self, before: datetime) -> None:
        """Drop what is old, and all but the newest `ROWS_MAX`."""
        await self.session.execute(delete(LogRow).where(LogRow.at < before))
        oldest = select(LogRow.id).order_by(LogRow.id.desc()).offset(ROWS_MAX).limit(1)
        if (last := await self.session.scalar(oldest)) is not None:
            await self.session.execute(delete(LogRow).where(LogRow.id <= last))
