"""Queries on projects. Each takes the user who asks: a project of which one is no member is not found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.tables import Id
from hivesync_server.projects.tables import ProjectFavoriteRow, ProjectRow, ProjectTagRow
from hivesync_server.team.tables import ProjectMemberRow

_OF_MEMBER = ProjectMemberRow.project_id == ProjectRow.id
_VISIBLE = (
    select(ProjectRow)
    .join(ProjectMemberRow, _OF_MEMBER)
    .where(
        ProjectMemberRow.project_id == bindparam("project_id", type_=Id),
        ProjectMemberRow.user_id == bindparam("user_id", type_=Id),
    )
)
"""Made once: every request within a project asks it."""


@dataclass(frozen=True, slots=True)
class ProjectRepository:
    """Projects that one may see."""

    session: AsyncSession

    async def add(self, row: ProjectRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def visible(self, project_id: str, user_id: str, *, lock: bool = False) -> ProjectRow | None:
        asked = {"project_id": project_id, "user_id": user_id}
        # Once more after the lock: who waited for it may have been removed meanwhile, and Postgres looks
        # again only at what it locked.
        if lock and await self.session.scalar(_VISIBLE.with_for_update(of=ProjectRow), asked) is None:
            return None
        return await self.session.scalar(_VISIBLE, asked)

    async def locked(self, project_id: str) -> ProjectRow | None:
        """Give and lock a project, whoever asks; for those who are about to become members."""
        return await self.session.scalar(
            select(ProjectRow).where(ProjectRow.id == project_id).with_for_update()
        )

    async def page(
        self,
        user_id: str,
        after: str | None,
        limit: int,
        *,
        favorite: bool | None = None,
        tag: str | None = None,
        only: Collection[str] | None = None,
    ) -> Sequence[ProjectRow]:
        """Give up to `limit` projects, newest first, and one more if there is more; `only` of these.

        `tag` is a key, as in `tag_key`.
        """
        # By the columns of the membership, whose index then gives the page without sorting.
        query = select(ProjectRow).join(ProjectMemberRow, _OF_MEMBER)
        query = query.where(ProjectMemberRow.user_id == user_id)
        if favorite is not None:
            favorites = select(ProjectFavoriteRow.project_id).where(ProjectFavoriteRow.user_id == user_id)
            chosen = ProjectRow.id.in_(favorites)
            query = query.where(chosen if favorite else ~chosen)
        if tag is not None:
            tagged = ProjectTagRow.project_id == ProjectMemberRow.project_id, ProjectTagRow.name_key == tag
            query = query.where(exists().where(*tagged))
        if only is not None:
            query = query.where(ProjectMemberRow.project_id.in_(only))
        if after is not None:
            query = query.where(ProjectMemberRow.project_id < after)
        query = query.order_by(ProjectMemberRow.project_id.desc()).limit(limit + 1)
        return (await self.session.scalars(query)).all()

    async def delete(self, row: ProjectRow) -> None:
        await self.session.delete(row)

    async def tags(self, project_ids: Collection[str]) -> dict[str, list[str]]:
        """Give the tags of those projects that have any, sorted."""
        query = select(ProjectTagRow.project_id, ProjectTagRow.name).order_by(ProjectTagRow.name_key)
        found: dict[str, list[str]] = {}
        rows = await self.session.execute(query.where(ProjectTagRow.project_id.in_(project_ids)))
        for project_id, name in rows:
            found.setdefault(project_id, []).append(name)
        return found

    async def set_tags(self, project_id: str, tags: Mapping[str, str]) -> None:
        """Give a project these tags, by their keys, and no others; the caller has locked it."""
        await self.session.execute(delete(ProjectTagRow).where(ProjectTagRow.project_id == project_id))
        rows = [{"project_id": project_id, "name_key": key, "name": name} for key, name in tags.items()]
        if rows:
            await self.session.execute(insert(ProjectTagRow), rows)

    async def is_favorite(self, project_id: str, user_id: str) -> bool:
        return await self.session.get(ProjectFavoriteRow, (user_id, project_id)) is not None

    async def set_favorite(self, project_id: str, user_id: str, favorite: bool) -> None:
        """Remember it or not; the caller has locked the project, so nobody does the same meanwhile."""
        if not favorite:
            mine = ProjectFavoriteRow.user_id == user_id, ProjectFavoriteRow.project_id == project_id
            await self.session.execute(delete(ProjectFavoriteRow).where(*mine))
        elif not await self.is_favorite(project_id, user_id):
            self.session.add(ProjectFavoriteRow(user_id=user_id, project_id=project_id))
