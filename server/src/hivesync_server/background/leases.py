"""Rows that wait for one of many workers: leased to one at a time, and free again when that one dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database
from hivesync_server.adapters.tables import Id, UtcTime

LEASE = timedelta(seconds=10)
"""For work that is `kept` in hand: what a killed process had begun goes on this much later, and a process has
to stand still for as long before another takes its work."""

_RENEWED_EVERY_SECONDS = 3.0
_logger = logging.getLogger(__name__)


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

        `lasts` must be longer than the work can take, unless that is `kept` meanwhile: a lease should run out
        only when its holder is dead.
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

    async def renew(self, now: datetime, *key: Any) -> None:
        """Prolong those of the rows that are still in this worker's hands.

        What somebody has locked is about to be settled, or is met again next time.
        """
        query = select(self.table).where(*key, self.table.lease == self.lease)
        for row in await self.session.scalars(query.with_for_update(skip_locked=True)):
            row.leased_until = now + LEASE


@asynccontextmanager
async def kept(
    database: Database, clock: Clock, table: type[Leased], lease: str, *key: Any
) -> AsyncIterator[None]:
    """Keep the claimed rows that the conditions name for as long as the work on them goes on."""
    over = asyncio.Event()

    async def renew() -> None:
        async with database.transaction() as transaction:
            await Leases(transaction.session, table, lease).renew(clock(), *key)

    renewing = asyncio.create_task(_again_and_again(renew, over), name="renew leases")
    try:
        yield
    finally:
        over.set()
        await asyncio.wait([renewing])


async def _again_and_again(renew: Callable[[], Awaitable[None]], over: asyncio.Event) -> None:
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(_RENEWED_EVERY_SECONDS):
                await over.wait()
                return
        try:
            await renew()
        except Exception:  # the work itself goes on; at worst somebody else does it too
            _logger.exception("leases not renewed")
