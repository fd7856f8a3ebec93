"""Queries on attachments. Each takes the task, and who asks: an upload is its uploader's business only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.attachments import AttachmentState
from sqlalchemy import ColumnElement, Select, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.tasks.attachments.tables import AttachmentRow


@dataclass(frozen=True, slots=True)
class AttachmentRepository:
    """Attachments of one task that one user may see."""

    session: AsyncSession
    task_id: str
    user_id: str

    async def add(self, row: AttachmentRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def get(self, attachment_id: str, *, lock: bool = False) -> AttachmentRow | None:
        query = self._visible().where(AttachmentRow.id == attachment_id)
        return await self.session.scalar(query.with_for_update() if lock else query)

    async def page(self, after: str | None, limit: int) -> Sequence[AttachmentRow]:
        """Give up to `limit`, newest first, and one more if there is more."""
        query = self._visible()
        if after is not None:
            query = query.where(AttachmentRow.id < after)
        return (await self.session.scalars(query.order_by(AttachmentRow.id.desc()).limit(limit + 1))).all()

    async def count(self) -> int:
        """Count all of the task, those on their way as well."""
        query = select(func.count()).select_from(AttachmentRow).where(AttachmentRow.task_id == self.task_id)
        return await self.session.scalar(query) or 0

    async def delete(self, row: AttachmentRow) -> None:
        await self.session.delete(row)
        await self.session.flush()

    def _visible(self) -> Select[AttachmentRow]:
        ready = AttachmentRow.state == AttachmentState.READY.value
        seen = or_(ready, AttachmentRow.uploader_id == self.user_id)
        return select(AttachmentRow).where(AttachmentRow.task_id == self.task_id, seen)


@dataclass(frozen=True, slots=True)
class LeftAttachments:
    """Attachments of all tasks whose time is over."""

    session: AsyncSession

    async def orphans(self, limit: int) -> Sequence[AttachmentRow]:
        """Give and lock some whose task is gone."""
        return await self._some(limit, AttachmentRow.task_id.is_(None))

    async def given_up(self, created_before: datetime, limit: int) -> Sequence[AttachmentRow]:
        """Give and lock some that were never completed."""
        uploading = AttachmentRow.state == AttachmentState.UPLOADING.value
        return await self._some(limit, uploading, AttachmentRow.created_at < created_before)

    async def forget(self, rows: Sequence[AttachmentRow]) -> None:
        await self.session.execute(
            delete(AttachmentRow).where(AttachmentRow.id.in_([row.id for row in rows]))
        )

    async def _some(self, limit: int, *conditions: ColumnElement[bool]) -> Sequence[AttachmentRow]:
        query = select(AttachmentRow).where(*conditions).limit(limit).with_for_update(skip_locked=True)
        return (await self.session.scalars(query)).all()
