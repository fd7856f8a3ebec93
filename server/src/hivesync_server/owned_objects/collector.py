"""Has objects deleted whose owners are gone, or can do without them."""

from __future__ import annotations

from collections.abc import Sequence

from hivesync_server.adapters.objects import Bucket
from hivesync_server.object_deletions.service import ObjectDeletions
from hivesync_server.owned_objects.repository import OwnedObjects
from hivesync_server.owned_objects.tables import OwnedObjectRow
from hivesync_server.previews.repository import PreviewRepository

_BATCH = 200


async def collect(deletions: ObjectDeletions) -> None:
    """Do so for some of them. An upload, or a build, that is still under way is cleaned up after."""
    owned = OwnedObjects(deletions.transaction.session)
    await _let_go(deletions, await owned.orphans(_BATCH))
    # Only now: what lost its owner may be due as well, and must not be found twice.
    await _let_go(deletions, await owned.due(deletions.now, _BATCH))


async def _let_go(deletions: ObjectDeletions, rows: Sequence[OwnedObjectRow]) -> None:
    session = deletions.transaction.session
    for row in rows:
        if row.preview_id is not None:
            await PreviewRepository(session).forget_old_versions(row.preview_id)
        await deletions.add(Bucket(row.bucket), [row.key], uploads_since=deletions.now)
        await session.delete(row)
    await session.flush()
