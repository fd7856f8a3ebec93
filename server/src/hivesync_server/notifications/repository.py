"""Queries on notifications; each takes the user whose they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.parts import in_part
from hivesync_server.auth.tables import UserRow
from hivesync_server.notifications.tables import (
    DigestRow,
    NotificationChannelsRow,
    NotificationRow,
)


@dataclass(frozen=True, slots=True)
class NotificationRepository:
    """Notifications and where they go."""

    session: AsyncSession

    def add(self, row: NotificationRow) -> None:
        self.session.add(row)

    async def page(
        self, user_id: str, after: str | None, limit: int, *, unread: bool | None = None
    ) -> Sequence[NotificationRow]:
        """Give up to `limit`, newest first, and one more if there is more."""
        query = select(NotificationRow).where(in_part(NotificationRow.user_id, user_id))
        if after is not None:
            query = query.where(NotificationRow.id < after)
        if unread is not None:
            never_read = NotificationRow.read_at.is_(None)
            query = query.where(never_read if unread else ~never_read)
        newest = query.order_by(NotificationRow.user_id.desc(), NotificationRow.id.desc())
        return (await self.session.scalars(newest.limit(limit + 1))).all()

    async def of_user(self, notification_id: str, user_id: str) -> NotificationRow | None:
        query = select(NotificationRow).where(
            NotificationRow.id == notification_id, NotificationRow.user_id == user_id
        )
        return await self.session.scalar(query.with_for_update())

    async def count_unread(self, user_id: str, most: int) -> int:
        """Count no further than `most`, so that it costs the same whatever has piled up."""
        unread = select(NotificationRow.id).where(
            NotificationRow.user_id == user_id, NotificationRow.read_at.is_(None)
        )
        counted = await self.session.scalar(select(func.count()).select_from(unread.limit(most).subquery()))
        return counted or 0

    async def mark_read(
        self, user_id: str, now: datetime, *, ids: Collection[str] | None = None, up_to: str | None = None
    ) -> None:
        """Mark those of `ids`, or all up to and with `up_to`, or all."""
        statement = update(NotificationRow).where(
            NotificationRow.user_id == user_id, NotificationRow.read_at.is_(None)
        )
        if ids is not None:
            statement = statement.where(NotificationRow.id.in_(ids))
        if up_to is not None:
            statement = statement.where(NotificationRow.id <= up_to)
        await self.session.execute(statement.values(read_at=now).execution_options(synchronize_session=False))

    async def channels(self, user_ids: Collection[str]) -> Sequence[NotificationChannelsRow]:
        """Give what these users have chosen."""
        query = select(NotificationChannelsRow).where(NotificationChannelsRow.user_id.in_(user_ids))
        return (await self.session.scalars(query)).all()

    async def set_channels(self, row: NotificationChannelsRow) -> None:
        await self.session.merge(row)

    async def digesting(self, user_ids: Collection[str]) -> frozenset[str]:
        """Tell which of these users want one mail a day."""
        query = select(DigestRow.user_id).where(DigestRow.user_id.in_(user_ids))
        return frozenset((await self.session.scalars(query)).all())

    async def digest(self, user_id: str) -> DigestRow | None:
        return await self.session.get(DigestRow, user_id)

    async def start_digest(self, row: DigestRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def stop_digest(self, user_id: str) -> None:
        await self.session.execute(delete(DigestRow).where(DigestRow.user_id == user_id))

    async def due_digests(self, now: datetime, limit: int) -> Sequence[tuple[DigestRow, UserRow]]:
        """Give and lock digests whose time has come, and whose they are; what others write is skipped."""
        query = (
            select(DigestRow, UserRow)
            .join(UserRow, UserRow.id == DigestRow.user_id)
            .where(DigestRow.next_at <= now)
            .order_by(DigestRow.next_at)
            .limit(limit)
            .with_for_update(of=DigestRow, skip_locked=True)
        )
        return [(row, user) for row, user in await self.session.execute(query)]

    async def unread_after(
        self, user_id: str, after_id: str, types: Collection[str], limit: int
    ) -> Sequence[NotificationRow]:
        """Give what a user has not read of these types, newest first."""
        query = select(NotificationRow).where(
            NotificationRow.user_id == user_id,
            NotificationRow.read_at.is_(None),
            NotificationRow.id > after_id,
            NotificationRow.type.in_(types),
        )
        return (await self.session.scalars(query.order_by(NotificationRow.id.desc()).limit(limit))).all()

    async def recipients(self, user_ids: Collection[str]) -> Sequence[UserRow]:
        """Give the accounts of these users, always in the same order: who locks them can't deadlock."""
        query = select(UserRow).where(UserRow.id.in_(user_ids)).order_by(UserRow.id)
        return (await self.session.scalars(query)).all()

    async def forget(self, before: datetime) -> None:
        """Drop what is too old to be of use, read or not."""
        await self.session.execute(delete(NotificationRow).where(NotificationRow.created_at < before))
