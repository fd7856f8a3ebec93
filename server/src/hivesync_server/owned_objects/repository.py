"""Queries on objects and their owners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.objects import Bucket
from hivesync_server.owned_objects.tables import OwnedObjectRow


@dataclass(frozen=True, slots=True)
class OwnedObjects:
    """Objects with an owner, within the owner's transaction."""

    session: AsyncSession

    async def of_preview(self, preview_id: str, project_id: str, due_at: datetime) -> None:
        """Note a preview's folder, and the one of its project's sources where that is not noted yet."""
        self._add(Bucket.PREVIEWS, f"previews/{preview_id}/", preview_id=preview_id, due_at=due_at)
        known = select(OwnedObjectRow.id).where(OwnedObjectRow.project_id == project_id).limit(1)
        # Twice does no harm, so nobody has to wait for another who does the same.
        if await self.session.scalar(known) is None:
            self._add(Bucket.PREVIEWS, f"sources/{project_id}/", project_id=project_id)

    def of_ai_docs(self, ai_docs_id: str, bucket: Bucket, key: str) -> None:
        """Note an object of a request for documentation."""
        self._add(bucket, key, ai_docs_id=ai_docs_id)

    async def let_go(self, bucket: Bucket, key: str, ai_docs_id: str, now: datetime) -> None:
        """Have one object of a request deleted, while the request stays."""
        mine = OwnedObjectRow.ai_docs_id == ai_docs_id, OwnedObjectRow.key == key
        statement = update(OwnedObjectRow).where(*mine, OwnedObjectRow.bucket == bucket.value)
        await self.session.execute(statement.values(due_at=now))

    async def orphans(self, limit: int) -> Sequence[OwnedObjectRow]:
        """Give and lock objects whose owners are gone."""
        query = select(OwnedObjectRow).where(
            OwnedObjectRow.preview_id.is_(None),
            OwnedObjectRow.ai_docs_id.is_(None),
            OwnedObjectRow.project_id.is_(None),
        )
        return (await self.session.scalars(query.limit(limit).with_for_update(skip_locked=True))).all()

    async def due(self, now: datetime, limit: int) -> Sequence[OwnedObjectRow]:
        """Give and lock objects that their owners can do without."""
        query = select(OwnedObjectRow).where(OwnedObjectRow.due_at <= now)
        return (await self.session.scalars(query.limit(limit).with_for_update(skip_locked=True))).all()

    def _add(
        self,
        bucket: Bucket,
        key: str,
        *,
        preview_id: str | None = None,
        ai_docs_id: str | None = None,
        project_id: str | None = None,
        due_at: datetime | None = None,
    ) -> None:
        row = OwnedObjectRow(
            id=new_id(),
            bucket=bucket.value,
            key=key,
            preview_id=preview_id,
            ai_docs_id=ai_docs_id,
            project_id=project_id,
            due_at=due_at,
        )
        self.session.add(row)
