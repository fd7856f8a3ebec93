"""Has objects deleted whose owners are gone, or can do without them."""

from __future__ import annotations

from hivesync_server.adapters.objects import Bucket
from hivesync_server.object_deletions.service import ObjectDeletions
from hivesync_server.owned_objects.repository import OwnedObjects
from hivesync_server.previews.repository import PreviewRepository

_BATCH = 200


async def collect(deletions: ObjectDeletions) -> None:
    """Do so for some of them. An upload, or a build, that is still under way is cleaned up after."""
    session, now = deletions.transaction.session, deletions.now
    owned = OwnedObjects(session)
    for rows in (await owned.orphans(_BATCH), await owned.due(now, _BATCH)):
        for row in rows:
            if row.preview_id is not None:
                await PreviewRepository(session).forget_old_versions(row.preview_id)
            await deletions.add(Bucket(row.bucket), [row.key], uploads_since=now)
            await session.delete(row)
        await session.flush()
