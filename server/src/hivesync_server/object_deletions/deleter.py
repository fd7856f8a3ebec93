"""The background task that deletes objects, however often the store fails. Any number may run."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.objects import Bucket, ObjectStore, ObjectStores, ObjectStoreUnreachable
from hivesync_server.background.backoff import backoff
from hivesync_server.background.leases import Leases
from hivesync_server.background.loop import Loop
from hivesync_server.object_deletions.service import ObjectDeletions
from hivesync_server.object_deletions.tables import ObjectDeletionRow

LEASE = timedelta(seconds=180)
"""Longer than all calls for one batch may take."""

BATCH = 500
POLL_SECONDS = 30.0
BACKOFF_FIRST_SECONDS = 5.0
BACKOFF_MAX_SECONDS = 3600.0

Collector = Callable[[ObjectDeletions], Coroutine[Any, Any, None]]
"""Finds rows whose time is over, deletes them and adds their objects; a bounded number at once."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ObjectDeleter:
    """See the module. `collectors` are asked at each step."""

    database: Database
    stores: ObjectStores
    clock: Clock
    ready: asyncio.Event
    collectors: Sequence[Collector] = ()
    lease: str = field(default_factory=new_id)

    async def run(self) -> None:
        """Work until cancelled."""
        await Loop("object deletions", self.step, self.ready, POLL_SECONDS).run()

    async def step(self) -> bool:
        """Delete what is due; tell whether there was anything."""
        rows = await self._claim()
        by_bucket: dict[Bucket, list[ObjectDeletionRow]] = defaultdict(list)
        for row in rows:
            by_bucket[Bucket(row.bucket)].append(row)
        for bucket, part in by_bucket.items():
            kept = await self._delete(bucket, part)
            await self._done([row for row in part if row.key not in kept])
            if kept:
                _logger.warning("objects not deleted yet", extra={"bucket": bucket, "count": len(kept)})
                await self._postpone([row for row in part if row.key in kept])
        return bool(rows)

    async def _claim(self) -> Sequence[ObjectDeletionRow]:
        now = self.clock()
        async with self.database.transaction() as transaction:
            deletions = ObjectDeletions(transaction, self.ready, now)
            for collect in self.collectors:
                await collect(deletions)
            waiting = Leases(transaction.session, ObjectDeletionRow, self.lease)
            return await waiting.claim(now, LEASE, BATCH, ObjectDeletionRow.available_at)

    async def _delete(self, bucket: Bucket, rows: Sequence[ObjectDeletionRow]) -> Collection[str]:
        """Delete what can be deleted, and give the keys of what stayed."""
        store, keys = self.stores.of(bucket), {row.key for row in rows}
        folders = {key for key in keys if key.endswith("/")}
        try:
            # Parts first: an upload that is completed in this moment leaves an object, which goes after it.
            for row in rows:
                if row.upload_id is not None:
                    await store.abort_multipart(row.key, row.upload_id)
            single = sorted(keys - folders)
            kept = set(await store.delete(single)) if single else set()
            return kept | {folder for folder in folders if not await _empty(store, folder)}
        except ObjectStoreUnreachable:
            return keys

    async def _done(self, rows: Sequence[ObjectDeletionRow]) -> None:
        ours = ObjectDeletionRow.id.in_([row.id for row in rows]), ObjectDeletionRow.lease == self.lease
        async with self.database.transaction() as transaction:
            await transaction.session.execute(delete(ObjectDeletionRow).where(*ours))

    async def _postpone(self, rows: Sequence[ObjectDeletionRow]) -> None:
        now = self.clock()
        async with self.database.transaction() as transaction:
            waiting = Leases(transaction.session, ObjectDeletionRow, self.lease)
            for row in rows:
                held = await waiting.held(ObjectDeletionRow.id == row.id)
                if held is not None:
                    pause = backoff(held.tries + 1, BACKOFF_FIRST_SECONDS, BACKOFF_MAX_SECONDS)
                    held.postpone(now + pause)


async def _empty(store: ObjectStore, folder: str) -> bool:
    """Delete what lies in a folder; tell whether it is empty now."""
    while names := await store.names(folder):
        if await store.delete(names):
            return False
    return True
