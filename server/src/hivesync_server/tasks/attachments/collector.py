"""Finds attachments whose task is gone, and uploads that were given up, and has their objects deleted.

Nobody who deletes a task, a project or an account has to think of attachments: the database empties their
`task_id` in the same transaction, and that alone is what this looks for.
"""

from __future__ import annotations

from datetime import timedelta

from hivesync_server.adapters.objects import Bucket
from hivesync_server.object_deletions.service import ObjectDeletions
from hivesync_server.tasks.attachments.repository import LeftAttachments
from hivesync_server.tasks.attachments.uploads import object_key

UPLOAD_LIFE = timedelta(hours=24)
"""An upload that was not completed by then never will be."""

_BATCH = 200


async def collect(deletions: ObjectDeletions) -> None:
    """Do so for some of them."""
    left = LeftAttachments(deletions.transaction.session)
    for rows in (await left.orphans(_BATCH), await left.given_up(deletions.now - UPLOAD_LIFE, _BATCH)):
        for row in rows:
            await deletions.add(
                Bucket.ARTIFACTS,
                [object_key(row.id)],
                upload_id=row.upload_id,
                uploads_since=row.created_at,
            )
        if rows:
            await left.forget(rows)
