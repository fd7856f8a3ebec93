"""Queries on teams and invites."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from hivesync_server.adapters.tables import Id
from hivesync_server.auth.tables import UserRow
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.team.tables import InviteRow, InviteState, ProjectMemberRow

MemberAndName = tuple[ProjectMemberRow, str]
InviteFound = tuple[InviteRow, str, str | None]
"""An invite, the project's name, and the name of who invited, while there is such an account."""

_MEMBERSHIP = select(ProjectMemberRow.user_id).where(
    ProjectMemberRow.user_id == bindparam("user_id", type_=Id),
    ProjectMemberRow.project_id == bindparam("project_id", type_=Id),
)
"""Made once: every list within a project asks it."""


@dataclass(frozen=True, slots=True)
class TeamRepository:
    """Members of projects."""

    session: AsyncSession

    async def add(self, project_id: str, user_id: str, now: datetime) -> None:
        self.session.add(ProjectMemberRow(user_id=user_id, project_id=project_id, joined_at=now))
        await self.session.flush()

    async def is_member(self, project_id: str, user_id: str) -> bool:
        asked = {"project_id": project_id, "user_id": user_id}
        return await self.session.scalar(_MEMBERSHIP, asked) is not None

    async def member(self, project_id: str, user_id: str) -> MemberAndName | None:
        query = _members(project_id).where(ProjectMemberRow.user_id == user_id)
        row = (await self.session.execute(query)).one_or_none()
        return (row[0], row[1]) if row else None

    async def page(self, project_id: str, after: str | None, limit: int) -> Sequence[MemberAndName]:
        """Give up to `limit` members, those with the newest accounts first, and one more if there is more."""
        query = _members(project_id)
        if after is not None:
            query = query.where(ProjectMemberRow.user_id < after)
        rows = await self.session.execute(query.order_by(ProjectMemberRow.user_id.desc()).limit(limit + 1))
        return [(row[0], row[1]) for row in rows]

    async def remove(self, row: ProjectMemberRow) -> None:
        await self.session.delete(row)
        await self.session.flush()

    async def user_ids(self, project_id: str) -> Sequence[str]:
        """Give the ids of all members, the owner among them."""
        query = select(ProjectMemberRow.user_id).where(ProjectMemberRow.project_id == project_id)
        return (await self.session.scalars(query)).all()


@dataclass(frozen=True, slots=True)
class InviteRepository:
    """Invites. Who changes one has locked its project, so nobody else does meanwhile."""

    session: AsyncSession

    async def add(self, row: InviteRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def by_id(self, invite_id: str) -> InviteRow | None:
        """Give an invite as it now is, even if it was read before."""
        return await self.session.get(InviteRow, invite_id, populate_existing=True)

    async def pending(self, project_id: str, login: str) -> InviteRow | None:
        """Give the one that waits for an answer, or would if it had not expired."""
        query = select(InviteRow).where(InviteRow.project_id == project_id, InviteRow.login == login)
        return await self.session.scalar(query.where(InviteRow.state == InviteState.PENDING))

    async def count_open(self, project_id: str, now: datetime) -> int:
        query = select(func.count()).select_from(InviteRow).where(InviteRow.project_id == project_id)
        return await self.session.scalar(query.where(*_open(now))) or 0

    async def page_of_project(
        self, project_id: str, now: datetime, after: str | None, limit: int
    ) -> Sequence[InviteFound]:
        """Give up to `limit` open ones, newest first, and one more if there is more."""
        return await self._page(InviteRow.project_id, project_id, now, after, limit)

    async def page_of_login(
        self, login: str, now: datetime, after: str | None, limit: int
    ) -> Sequence[InviteFound]:
        """Give the same of all projects, for an address or name."""
        return await self._page(InviteRow.login, login, now, after, limit)

    async def settle(self, row: InviteRow, state: InviteState) -> None:
        row.state = state.value
        await self.session.flush()

    async def settle_all(self, project_id: str, logins: Collection[str], state: InviteState) -> None:
        """Settle what waits for one person who was invited by address and by name."""
        waiting = InviteRow.project_id == project_id, InviteRow.state == InviteState.PENDING
        statement = update(InviteRow).where(*waiting, InviteRow.login.in_(logins))
        await self.session.execute(statement.values(state=state.value))

    async def forget(self, now: datetime) -> None:
        """Drop those that have expired, whatever became of them."""
        await self.session.execute(delete(InviteRow).where(InviteRow.expires_at <= now))

    async def _page(
        self, column: InstrumentedAttribute[str], value: str, now: datetime, after: str | None, limit: int
    ) -> Sequence[InviteFound]:
        query = (
            select(InviteRow, ProjectRow.name, UserRow.username)
            .join(ProjectRow, ProjectRow.id == InviteRow.project_id)
            .outerjoin(UserRow, UserRow.id == InviteRow.inviter_id)
            .where(column == value, *_open(now))
        )
        if after is not None:
            query = query.where(InviteRow.id < after)
        rows = await self.session.execute(query.order_by(InviteRow.id.desc()).limit(limit + 1))
        return [(row[0], row[1], row[2]) for row in rows]


def _members(project_id: str) -> Select[ProjectMemberRow, str]:
    query = select(ProjectMemberRow, UserRow.username).join(UserRow, UserRow.id == ProjectMemberRow.user_id)
    return query.where(ProjectMemberRow.project_id == project_id)


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return InviteRow.state == InviteState.PENDING, InviteRow.expires_at > now
