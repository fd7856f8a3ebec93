"""Queries on events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.events.tables import EventCounterRow, EventRow


@dataclass(frozen=True, slots=True)
class EventRepository:
    """Events of one user at a time."""

    session: AsyncSession

    async def next_numbers(self, user_ids: Collection[str]) -> dict[str, int]:
        """Take the next number of each of these users; others wait until this transaction ends, so readers
        never miss one. They are locked in the order of their ids, so that nobody deadlocks.
        """
        mine = EventCounterRow.user_id.in_(user_ids)
        await self.session.execute(
            select(EventCounterRow.user_id).where(mine).order_by(EventCounterRow.user_id).with_for_update()
        )
        bump = update(EventCounterRow).where(mine).values(last_number=EventCounterRow.last_number + 1)
        numbers = bump.returning(EventCounterRow.user_id, EventCounterRow.last_number)
        return {row[0]: row[1] for row in await self.session.execute(numbers)}

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
