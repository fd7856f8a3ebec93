"""Queries on events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.events.tables import EventCounterRow, EventRow


@dataclass(frozen=True, slots=True)
class EventRepository:
    """Events of one user at a time."""

    session: AsyncSession

    async def next_number(self, user_id: str) -> int:
        """Take the next number; others wait until this transaction ends, so readers never miss one."""
        bump = (
            update(EventCounterRow)
            .where(EventCounterRow.user_id == user_id)
            .values(last_number=EventCounterRow.last_number + 1)
            .returning(EventCounterRow.last_number)
        )
        return (await self.session.execute(bump)).scalar_one()

    async def start_counter(self, user_id: str) -> None:
        """Give a new user a counter."""
        self.session.add(EventCounterRow(user_id=user_id, last_number=0))

    async def add(self, row: EventRow) -> None:
        self.session.add(row)

    async def bounds(self, user_id: str) -> tuple[int, int]:
        """Give the oldest number still kept (one past the last when none is) and the last number."""
        last = await self.session.scalar(
            select(EventCounterRow.last_number).where(EventCounterRow.user_id == user_id)
        )
        oldest = await self.session.scalar(
            select(func.min(EventRow.number)).where(EventRow.user_id == user_id)
        )
        return (oldest if oldest is not None else (last or 0) + 1), last or 0

    async def after(self, user_id: str, number: int, limit: int) -> Sequence[EventRow]:
        query = select(EventRow).where(EventRow.user_id == user_id, EventRow.number > number)
        return (await self.session.scalars(query.order_by(EventRow.number).limit(limit))).all()

    async def forget(self, before: datetime) -> None:
        """Drop events that nobody will catch up on."""
        await self.session.execute(delete(EventRow).where(EventRow.created_at < before))
