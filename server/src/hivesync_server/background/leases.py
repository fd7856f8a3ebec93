"""Rows that wait for one of many workers: leased to one at a time, and free again when that one dies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, UtcTime


class Leased:
    """Columns of a table whose rows are work to do. `leased_until`: until then some worker has it in hand.

    A row is there for as long as it is due; who has done it deletes it or moves `available_at`.
    """

    tries: Mapped[int]
    available_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    leased_until: Mapped[datetime | None] = mapped_column(UtcTime)
    lease: Mapped[str | None] = mapped_column(Id)

    def postpone(self, until: datetime) -> None:
        """Note a try that failed, and let go of the row until its next turn."""
        self.tries += 1
        self.available_at = until
        self.lease = self.leased_until = None


Row = TypeVar("Row", bound=Leased)


@dataclass(frozen=True, slots=True)
class Leases(Generic[Row]):
    """The waiting rows of one table, for the worker whose id is `lease`."""

    session: AsyncSession
    table: type[Row]
    lease: str

    async def claim(self, now: datetime, lasts: timedelta, limit: int, *order: Any) -> Sequence[Row]:
        """Take due rows in hand, in this order; what others hold is skipped.

        `lasts` must be longer than the work can take, so that a lease runs out only when its holder is dead.
        """
        free = or_(self.table.leased_until.is_(None), self.table.leased_until < now)
        query = select(self.table).where(self.table.available_at <= now, free).order_by(*order).limit(limit)
        rows = (await self.session.scalars(query.with_for_update(skip_locked=True))).all()
        for row in rows:
            row.lease, row.leased_until = self.lease, now + lasts
        return rows

    async def held(self, *key: Any) -> Row | None:
        """Give and lock the row that these conditions name, if it is still in this worker's hands."""
        query = select(self.table).where(*key, self.table.lease == self.lease)
        return await self.session.scalar(query.with_for_update())
