"""What domains call when they delete rows that objects belong to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from sqlalchemy import insert

from hivesync_server.adapters.db import Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.objects import UPLOAD_SECONDS, Bucket
from hivesync_server.object_deletions.tables import ObjectDeletionRow
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.services import service

SETTLES_AFTER = timedelta(seconds=4 * UPLOAD_SECONDS)
"""After this no upload is under way any more to an address that was given out before."""


@dataclass(frozen=True, slots=True)
class ObjectDeletions:
    """Within one transaction: the objects go if it is committed, and stay if it is not."""

    transaction: Transaction
    ready: asyncio.Event
    now: datetime

    async def add(
        self,
        bucket: Bucket,
        keys: Iterable[str],
        *,
        upload_id: str | None = None,
        uploads_since: datetime | None = None,
    ) -> None:
        """Have these objects deleted, and with `upload_id` the parts of an upload that was never completed.

        A key with a slash at its end stands for all in that folder.

        `uploads_since`: when the last address for an upload to them was made. One that is still good could
        bring them back, so they are deleted now, and once more when that is over. Nothing may be stored anew
        under a key that was given here.
        """
        times = [self.now]
        if uploads_since is not None and uploads_since + SETTLES_AFTER > self.now:
            times.append(uploads_since + SETTLES_AFTER)
        rows = [_row(bucket, key, upload_id, time) for key in keys for time in times]
        if rows:
            await self.transaction.session.execute(insert(ObjectDeletionRow), rows)
            self.transaction.after_commit(self.ready.set)


def _row(bucket: Bucket, key: str, upload_id: str | None, available_at: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "bucket": bucket.value,
        "key": key,
        "upload_id": upload_id,
        "tries": 0,
        "available_at": available_at,
    }


async def _deletions(resources: ResourcesDep, transaction: TransactionDep) -> ObjectDeletions:
    return ObjectDeletions(transaction, resources.deletion_ready, resources.clock())


ObjectDeletionsDep = Annotated[ObjectDeletions, service(_deletions)]
