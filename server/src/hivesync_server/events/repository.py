"""Queries on events."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    column,
    delete,
    func,
    literal,
    select,
    true,
    update,
    values,
)
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.tables import Id
from hivesync_server.events.tables import EventCounterRow, EventRow

_COLUMNS = EventRow.user_id, EventRow.number, EventRow.type, EventRow.data, EventRow.session_id


class StoredEvent(NamedTuple):
    """An event as it is read to be sent: many at a time, so these are plain tuples."""

    user_id: str
    number: int
    type: str
    data: str
    session_id: str | None


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
        oldest = select(func.min(EventRow.number)).where(EventRow.user_id == user_id).scalar_subquery()
        query = select(EventCounterRow.last_number, oldest).where(EventCounterRow.user_id == user_id)
        last, kept = (await self.session.execute(query)).one_or_none() or (0, None)
        return (last + 1 if kept is None else kept), last

    async def after(self, user_id: str, number: int, limit: int) -> Sequence[StoredEvent]:
        """Give a user's events after `number`, in order."""
        query = select(*_COLUMNS).where(EventRow.user_id == user_id, EventRow.number > number)
        rows = await self.session.execute(query.order_by(EventRow.number).limit(limit))
        return [StoredEvent(*row) for row in rows]

    async def since(self, numbers: Mapping[str, int], limit: int) -> Sequence[StoredEvent]:
        """Give the events of each of these users after the number beside; each user's are in order."""
        query = self._since(numbers, limit).limit(limit)
        return [StoredEvent(*row) for row in await self.session.execute(query)]

    def _since(self, numbers: Mapping[str, int], limit: int) -> Select[*tuple[Any, ...]]:
        user_id, number = column("user_id", Id), column("number", BigInteger)
        if self.session.get_bind().dialect.name != "postgresql":
            rows = values(user_id, number, name="wanted").data(list(numbers.items())).cte("wanted")
            mine = (EventRow.user_id == rows.c.user_id) & (EventRow.number > rows.c.number)
            return select(*_COLUMNS).join(rows, mine).order_by(EventRow.user_id, EventRow.number)
        # Two parameters, however many users there are, so that the statement is compiled once; and a search
        # of its own for each user: a plain join may be answered by reading all events there are.
        ids, last = literal(list(numbers), ARRAY(Id)), literal(list(numbers.values()), ARRAY(BigInteger))
        wanted = func.unnest(ids, last).table_valued(user_id, number, name="wanted").render_derived()
        newer = select(*_COLUMNS).where(
            EventRow.user_id == wanted.c.user_id, EventRow.number > wanted.c.number
        )
        events = newer.order_by(EventRow.number).limit(limit).lateral("newer")
        return select(*events.c).join_from(wanted, events, true()).order_by(events.c.user_id, events.c.number)

    async def last_numbers(self, since: datetime) -> dict[str, int]:
        """Give the last number of every user who had an event since then."""
        query = select(EventRow.user_id, func.max(EventRow.number)).where(EventRow.created_at > since)
        return {row[0]: row[1] for row in await self.session.execute(query.group_by(EventRow.user_id))}

    async def forget(self, before: datetime) -> None:
        """Drop events that nobody will catch up on."""
        await self.session.execute(delete(EventRow).where(EventRow.created_at < before))
