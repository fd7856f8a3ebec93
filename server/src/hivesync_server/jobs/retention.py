"""Forgets jobs that ended long ago, and has their logs deleted."""

from __future__ import annotations

from datetime import timedelta

from hivesync_server.adapters.objects import Bucket
from hivesync_server.jobs.repository import JobRepository
from hivesync_server.object_deletions.service import ObjectDeletions

KEPT = timedelta(days=90)
_BATCH = 500


async def collect(deletions: ObjectDeletions) -> None:
    """Do so for some of them."""
    jobs = JobRepository(deletions.transaction.session)
    rows = await jobs.ended(deletions.now - KEPT, _BATCH)
    await deletions.add(Bucket.LOGS, [row.logs_key for row in rows if row.logs_key is not None])
    await jobs.forget(rows)
