"""What search looks through, and what it shows of what it found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.search import SearchKind
from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from hivesync_server.comments.tables import CommentRow
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.search.index import Subject
from hivesync_server.tasks.tables import TaskRow
from hivesync_server.team.tables import ProjectMemberRow

PROJECTS_MAX = 500
"""Who is a member of more searches the newest of them, unless they name one; the answer says so."""

TEXT_CHARACTERS = 4_000
"""So much of a text is looked at for its rank and for what to show of it; all of it can be found."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may fit, with the text in which it does."""

    kind: SearchKind
    id: str
    project_id: str
    project_name: str
    title: str
    body: str
    created_at: datetime
    comment: CommentRow | None = None


@dataclass(frozen=True, slots=True)
class SearchRepository:
    """Reads what search needs beside its index."""

    session: AsyncSession

    async def projects_of(self, user_id: str, only: Collection[str] | None) -> list[str]:
        """Give the newest of a user's projects, and one more if there are more; `only` of these."""
        query = select(ProjectMemberRow.project_id).where(ProjectMemberRow.user_id == user_id)
        if only is not None:
            query = query.where(ProjectMemberRow.project_id.in_(only))
        query = query.order_by(ProjectMemberRow.project_id.desc()).limit(PROJECTS_MAX + 1)
        return list(await self.session.scalars(query))

    async def candidates(self, subjects: Sequence[Subject]) -> list[Candidate]:
        """Give what was found, in no order."""
        ids = {kind: [subject_id for other, subject_id in subjects if other == kind] for kind in SearchKind}
        found: list[Candidate] = []
        if ids[SearchKind.PROJECT]:
            found += await self._projects(ids[SearchKind.PROJECT])
        if ids[SearchKind.TASK]:
            found += await self._tasks(ids[SearchKind.TASK])
        if ids[SearchKind.COMMENT]:
            found += await self._comments(ids[SearchKind.COMMENT])
        return found

    async def _projects(self, ids: Sequence[str]) -> list[Candidate]:
        shown = func.substr(ProjectRow.description, 1, TEXT_CHARACTERS)
        query = select(ProjectRow.id, ProjectRow.name, ProjectRow.created_at, shown)
        return [
            Candidate(SearchKind.PROJECT, row_id, row_id, name, name, body, created_at)
            for row_id, name, created_at, body in await self.session.execute(
                query.where(ProjectRow.id.in_(ids))
            )
        ]

    async def _tasks(self, ids: Sequence[str]) -> list[Candidate]:
        shown = func.substr(TaskRow.description, 1, TEXT_CHARACTERS)
        name = _name_of(TaskRow.project_id)
        query = select(TaskRow.id, TaskRow.project_id, name, TaskRow.title, shown, TaskRow.created_at)
        rows = await self.session.execute(query.where(TaskRow.id.in_(ids)))
        return [Candidate(SearchKind.TASK, *row) for row in rows]

    async def _comments(self, ids: Sequence[str]) -> list[Candidate]:
        query = select(CommentRow, _name_of(CommentRow.project_id))
        return [
            Candidate(
                SearchKind.COMMENT,
                row.id,
                row.project_id,
                name,
                "",
                row.body[:TEXT_CHARACTERS],
                row.created_at,
                row,
            )
            for row, name in await self.session.execute(query.where(CommentRow.id.in_(ids)))
        ]


def _name_of(project_id: InstrumentedAttribute[str]) -> ScalarSelect[str]:
    """Look up a project's name. For a join the planner may read the names of all projects there are."""
    return select(ProjectRow.name).where(ProjectRow.id == project_id).scalar_subquery()
