"""Queries on teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.team.tables import ProjectMemberRow


@dataclass(frozen=True, slots=True)
class TeamRepository:
    """Members of projects."""

    session: AsyncSession

    async def add(self, project_id: str, user_id: str, now: datetime) -> None:
        self.session.add(ProjectMemberRow(user_id=user_id, project_id=project_id, joined_at=now))
        await self.session.flush()

    async def is_member(self, project_id: str, user_id: str) -> bool:
        return await self.session.get(ProjectMemberRow, (user_id, project_id)) is not None

    async def user_ids(self, project_id: str) -> Sequence[str]:
        """Give the ids of all members, the owner among them."""
        query = select(ProjectMemberRow.user_id).where(ProjectMemberRow.project_id == project_id)
        return (await self.session.scalars(query)).all()
