"""Queries on activity. There is none that changes an entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.activity.tables import ActivityRow
from hivesync_server.adapters.parts import in_part
from hivesync_server.auth.tables import UserRow

ActivityAndName = tuple[ActivityRow, str | None]
"""An entry, and the name of who did it, while there is such an account."""


@dataclass(frozen=True, slots=True)
class ActivityRepository:
    """Entries of one project at a time."""

    session: AsyncSession

    def add(self, row: ActivityRow) -> None:
        self.session.add(row)

    async def page(
        self, project_id: str, after: str | None, limit: int, *, subject_id: str | None = None
    ) -> Sequence[ActivityAndName]:
        """Give up to `limit`, newest first, and one more if there is more."""
        query = select(ActivityRow, UserRow.username).outerjoin(UserRow, UserRow.id == ActivityRow.actor_id)
        query = query.where(in_part(ActivityRow.project_id, project_id))
        if subject_id is not None:
            query = query.where(ActivityRow.subject_id == subject_id)
        if after is not None:
            query = query.where(ActivityRow.id < after)
        newest = query.order_by(ActivityRow.project_id.desc(), ActivityRow.id.desc())
        rows = await self.session.execute(newest.limit(limit + 1))
        return [(row[0], row[1]) for row in rows]
