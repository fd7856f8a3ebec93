"""Queries on the use of quotas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.auth.tables import UserRow
from hivesync_server.quotas.tables import QuotaUseRow


@dataclass(frozen=True, slots=True)
class QuotaRepository:
    """Uses of quotas."""

    session: AsyncSession

    async def hold(self, user_id: str) -> None:
        """Let nobody else count or use this user's quotas until the transaction ends.

        On Postgres a lock that leaves rows which refer to the user alone; on SQLite the transaction is one.
        """
        held = select(UserRow.id).where(UserRow.id == user_id).with_for_update(key_share=True)
        await self.session.execute(held)

    async def latest(self, user_id: str, kind: str, since: datetime, most: int) -> Sequence[datetime]:
        """Give when the last `most` uses after `since` were, the latest first."""
        mine = QuotaUseRow.user_id == user_id, QuotaUseRow.kind == kind, QuotaUseRow.used_at > since
        query = select(QuotaUseRow.used_at).where(*mine).order_by(QuotaUseRow.used_at.desc()).limit(most)
        return (await self.session.scalars(query)).all()

    async def add(self, row: QuotaUseRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def give_back(self, subject_id: str) -> None:
        """Forget a use that came to nothing without the user's fault."""
        await self.session.execute(delete(QuotaUseRow).where(QuotaUseRow.subject_id == subject_id))

    async def forget(self, before: datetime) -> None:
        """Drop what counts nowhere any more."""
        await self.session.execute(delete(QuotaUseRow).where(QuotaUseRow.used_at < before))
