"""Goes through everything sealed, a page at a time.

Each value is exchanged only if it still is what was read. So any number of processes may do this at once,
beside requests that change the same rows, and one that is killed has done no harm: the next goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import select, update

from hivesync_server.adapters.db import Database
from hivesync_server.adapters.sealing import SealBroken, Sealer
from hivesync_server.background.loop import Loop
from hivesync_server.resealing.places import PLACES, Place

PAUSE_SECONDS = 3600.0
"""A process that still runs with the former key alone may seal with it a little longer."""

_PAGE = 200
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many values are sealed: by the present key, by a former one, and by none that we have."""

    present: int = 0
    former: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Resealer:
    """See the module."""

    database: Database
    sealer: Sealer

    async def run(self) -> None:
        """Seal anew now and every hour, until cancelled. Without a former key there is nothing to do."""
        if self.sealer.has_former_keys:
            await Loop("reseal", self.step, asyncio.Event(), PAUSE_SECONDS).run()

    async def step(self) -> bool:
        """Seal anew what a former key has sealed."""
        done = 0
        for place in PLACES:
            async for page in self._pages(place):
                if fresh := self._sealed_anew(place, page):
                    done += await self._exchange(place, fresh)
        if done:
            _logger.info("sealed anew by the present key", extra={"values": done})
        return False

    async def count(self) -> Sealed:
        """Look which keys are needed."""
        present = former = unknown = 0
        for place in PLACES:
            async for page in self._pages(place):
                for key, sealed in page:
                    try:
                        fresh = self.sealer.is_fresh(sealed, place.purpose(key))
                    except SealBroken:
                        unknown += 1
                    else:
                        present, former = present + fresh, former + (not fresh)
        return Sealed(present, former, unknown)

    async def _pages(self, place: Place) -> AsyncIterator[list[tuple[object, str]]]:
        last: object = None
        while True:
            query = select(place.key, place.column).where(place.column.is_not(None))
            if last is not None:
                query = query.where(place.key > last)
            async with self.database.transaction(writes=False) as transaction:
                found = await transaction.session.execute(query.order_by(place.key).limit(_PAGE))
                page = [(key, sealed) for key, sealed in found]
            if not page:
                return
            yield page
            last = page[-1][0]

    def _sealed_anew(self, place: Place, page: list[tuple[object, str]]) -> list[tuple[object, str, str]]:
        fresh, lost = [], 0
        for key, sealed in page:
            purpose = place.purpose(key)
            try:
                if not self.sealer.is_fresh(sealed, purpose):
                    fresh.append((key, sealed, self.sealer.seal(self.sealer.open(sealed, purpose), purpose)))
            except SealBroken:
                lost += 1  # `hivesync-server check` says what to do; the others must not wait for it
        if lost:
            table = place.column.class_.__tablename__
            _logger.error("sealed by no key of ours", extra={"table": table, "values": lost})
        return fresh

    async def _exchange(self, place: Place, fresh: list[tuple[object, str, str]]) -> int:
        table, name = place.column.class_, place.column.key
        async with self.database.transaction() as transaction:
            for key, before, after in fresh:
                change = update(table).where(place.key == key, place.column == before)
                await transaction.session.execute(change.values({name: after}))
        return len(fresh)
