"""Queries on questions and bundles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.auth.tables import UserRow
from hivesync_server.support.tables import BundleRow, QuestionRow


@dataclass(frozen=True, slots=True)
class SupportFigures:
    """How well the FAQ does: `answered` of `asked` got an entry; of those some were rated."""

    asked: int
    answered: int
    helpful: int
    unhelpful: int
    escalated: int


@dataclass(frozen=True, slots=True)
class QuestionRepository:
    """Questions, each its asker's own business."""

    session: AsyncSession

    async def add(self, row: QuestionRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def get(self, question_id: str, user_id: str, *, lock: bool = False) -> QuestionRow | None:
        query = select(QuestionRow).where(QuestionRow.id == question_id, QuestionRow.user_id == user_id)
        return await self.session.scalar(query.with_for_update() if lock else query)

    async def asker(self, user_id: str) -> UserRow | None:
        """Give and lock a user, so that what they have asked for can be counted."""
        return await self.session.scalar(select(UserRow).where(UserRow.id == user_id).with_for_update())

    async def escalations(self, user_id: str, since: datetime) -> Sequence[datetime]:
        """Give when a user asked for a person, from the first time after `since` on."""
        mine = QuestionRow.user_id == user_id, QuestionRow.escalated_at > since
        query = select(QuestionRow.escalated_at).where(*mine).order_by(QuestionRow.escalated_at)
        return [at for at in await self.session.scalars(query) if at is not None]

    async def admin_addresses(self) -> Sequence[str]:
        """Give the addresses of the people who run this server."""
        query = select(UserRow.email).where(UserRow.is_admin).order_by(UserRow.id)
        return (await self.session.scalars(query)).all()

    async def figures(self, since: datetime) -> SupportFigures:
        """Count what was asked since then."""
        counts = select(
            func.count(),
            func.count(QuestionRow.entry_id),
            func.count().filter(QuestionRow.helpful.is_(True)),
            func.count().filter(QuestionRow.helpful.is_(False)),
            func.count(QuestionRow.escalated_at),
        ).where(QuestionRow.created_at >= since)
        asked, answered, helpful, unhelpful, escalated = (await self.session.execute(counts)).one()
        return SupportFigures(asked, answered, helpful, unhelpful, escalated)

    async def forget(self, before: datetime) -> None:
        """Drop old questions."""
        await self.session.execute(delete(QuestionRow).where(QuestionRow.created_at < before))


@dataclass(frozen=True, slots=True)
class BundleRepository:
    """Support bundles, each its sender's own business."""

    session: AsyncSession

    async def add(self, row: BundleRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def get(self, bundle_id: str, user_id: str, *, lock: bool = False) -> BundleRow | None:
        query = select(BundleRow).where(BundleRow.id == bundle_id, BundleRow.user_id == user_id)
        return await self.session.scalar(query.with_for_update() if lock else query)

    async def any(self, bundle_id: str) -> BundleRow | None:
        """Give a bundle, whoever asks: the caller has checked that it is an admin."""
        return await self.session.get(BundleRow, bundle_id)

    async def count(self, user_id: str) -> int:
        query = select(func.count()).select_from(BundleRow).where(BundleRow.user_id == user_id)
        return await self.session.scalar(query) or 0

    async def delete(self, row: BundleRow) -> None:
        await self.session.delete(row)
        await self.session.flush()

    async def over(self, now: datetime, limit: int) -> Sequence[BundleRow]:
        """Give and lock some whose time, or account, is over."""
        over = or_(BundleRow.expires_at <= now, BundleRow.user_id.is_(None))
        query = select(BundleRow).where(over).limit(limit).with_for_update(skip_locked=True)
        return (await self.session.scalars(query)).all()

    async def forget(self, rows: Sequence[BundleRow]) -> None:
        await self.session.execute(delete(BundleRow).where(BundleRow.id.in_([row.id for row in rows])))
