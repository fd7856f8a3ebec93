"""Queries on comments. Each takes the project, whose membership the caller has checked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hivesync_contract.comments import CommentStars, CommentTargetKind
from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.parts import in_part
from hivesync_server.auth.tables import UserRow
from hivesync_server.comments.tables import CommentMentionRow, CommentRow, CommentStarRow
from hivesync_server.tasks.tables import TaskRow
from hivesync_server.team.tables import ProjectMemberRow

_RECENT = 200
"""How many comments of a thread are asked for who takes part in it."""


@dataclass(frozen=True, slots=True)
class Thread:
    """Which comments of a project are meant; what is None does not matter."""

    kind: CommentTargetKind | None = None
    path: str | None = None
    line: int | None = None
    task_id: str | None = None

    def conditions(self, project_id: str) -> list[ColumnElement[bool]]:
        of_project = CommentRow.project_id
        chosen = [of_project == project_id if self.is_narrow else in_part(of_project, project_id)]
        if self.kind is not None:
            chosen.append(CommentRow.kind == self.kind.value)
        if self.path is not None:
            chosen.append(CommentRow.path == self.path)
        if self.line is not None:
            chosen.append(CommentRow.line == self.line)
        if self.task_id is not None:
            chosen.append(CommentRow.task_id == self.task_id)
        return chosen

    @property
    def is_narrow(self) -> bool:
        """Tell whether it is about one file or task, so that it has an index of its own."""
        return self.path is not None or self.task_id is not None


def _newest(thread: Thread, project_id: str, after: str | None = None) -> Select[CommentRow]:
    """Select a thread, newest first, as one part of the index for it."""
    query = select(CommentRow).where(*thread.conditions(project_id))
    if after is not None:
        query = query.where(CommentRow.id < after)
    by_age = CommentRow.id.desc()
    return (
        query.order_by(by_age) if thread.is_narrow else query.order_by(CommentRow.project_id.desc(), by_age)
    )


@dataclass(frozen=True, slots=True)
class CommentRepository:
    """Comments, their mentions and their stars."""

    session: AsyncSession

    async def add(self, row: CommentRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def of_project(self, comment_id: str, project_id: str) -> CommentRow | None:
        query = select(CommentRow).where(CommentRow.id == comment_id, CommentRow.project_id == project_id)
        return await self.session.scalar(query)

    async def task(self, task_id: str, project_id: str) -> TaskRow | None:
        """Give a task that comments can be about."""
        query = select(TaskRow).where(TaskRow.id == task_id, TaskRow.project_id == project_id)
        return await self.session.scalar(query)

    async def page(
        self, project_id: str, thread: Thread, after: str | None, limit: int
    ) -> Sequence[CommentRow]:
        """Give up to `limit`, newest first, and one more if there is more."""
        return (await self.session.scalars(_newest(thread, project_id, after).limit(limit + 1))).all()

    async def names(self, user_ids: Collection[str]) -> dict[str, str]:
        """Give the user names of these users."""
        query = select(UserRow.id, UserRow.username).where(UserRow.id.in_(user_ids))
        return {row.id: row.username for row in await self.session.execute(query)}

    async def taking_part(self, project_id: str, thread: Thread) -> set[str]:
        """Give the authors of the newest comments of a thread."""
        recent = _newest(thread, project_id).with_only_columns(CommentRow.author_id).limit(_RECENT)
        return {author for author in await self.session.scalars(recent) if author is not None}

    async def members_named(self, project_id: str, names: Collection[str]) -> set[str]:
        """Give the ids of those members of the project who have one of these names."""
        query = select(UserRow.id).join(ProjectMemberRow, ProjectMemberRow.user_id == UserRow.id)
        query = query.where(ProjectMemberRow.project_id == project_id, UserRow.username.in_(names))
        return set(await self.session.scalars(query))

    async def mentioned(self, comment_id: str) -> set[str]:
        """Give the ids of those who know that the comment mentions them."""
        query = select(CommentMentionRow.user_id).where(CommentMentionRow.comment_id == comment_id)
        return set(await self.session.scalars(query))

    def add_mentions(self, comment_id: str, user_ids: Collection[str]) -> None:
        self.session.add_all(
            CommentMentionRow(comment_id=comment_id, user_id=user_id) for user_id in sorted(user_ids)
        )

    async def stars(self, comment_ids: Collection[str], user_id: str) -> dict[str, CommentStars]:
        """Count the stars of those comments that have any, and tell which ones the user has starred."""
        mine = func.count().filter(CommentStarRow.user_id == user_id)
        query = select(CommentStarRow.comment_id, func.count().label("stars"), mine.label("mine"))
        query = query.where(CommentStarRow.comment_id.in_(comment_ids)).group_by(CommentStarRow.comment_id)
        rows = await self.session.execute(query)
        return {row.comment_id: CommentStars(row.stars, row.mine > 0) for row in rows}

    async def set_star(self, comment_id: str, user_id: str, starred: bool) -> bool:
        """Star it or not, and tell whether that changed anything; the caller has locked the project."""
        row = await self.session.get(CommentStarRow, (comment_id, user_id))
        if starred and row is None:
            self.session.add(CommentStarRow(comment_id=comment_id, user_id=user_id))
        elif not starred and row is not None:
            await self.session.delete(row)
        else:
            return False
        await self.session.flush()
        return True

    async def forget_reactions(self, comment_id: str) -> None:
        """Drop the stars and mentions of a comment."""
        for table in (CommentStarRow, CommentMentionRow):
            await self.session.execute(delete(table).where(table.comment_id == comment_id))
