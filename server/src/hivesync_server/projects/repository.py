"""Queries on projects. Each takes the user who asks: a project of someone else is not found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.projects.tables import ProjectRow, ProjectSourceRow

_VARIABLES_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class ProjectRepository:
    """Projects that one may see."""

    session: AsyncSession

    async def add(self, row: ProjectRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def visible(self, project_id: str, user_id: str, *, lock: bool = False) -> ProjectRow | None:
        query = select(ProjectRow).where(ProjectRow.id == project_id, ProjectRow.owner_id == user_id)
        return await self.session.scalar(query.with_for_update() if lock else query)

    async def page(self, user_id: str, after: str | None, limit: int) -> Sequence[ProjectRow]:
        """Give up to `limit` projects, newest first, and one more if there is more."""
        query = select(ProjectRow).where(ProjectRow.owner_id == user_id)
        if after is not None:
            query = query.where(ProjectRow.id < after)
        return (await self.session.scalars(query.order_by(ProjectRow.id.desc()).limit(limit + 1))).all()

    async def delete(self, row: ProjectRow) -> None:
        await self.session.delete(row)


@dataclass(frozen=True, slots=True)
class SourceRepository:
    """Which source files of a project are stored."""

    session: AsyncSession

    async def stored(self, project_id: str, hashes: Iterable[str]) -> set[str]:
        """Give those of `hashes` that are there."""
        found: set[str] = set()
        for part in _batches(set(hashes)):
            query = select(ProjectSourceRow.sha256).where(
                ProjectSourceRow.project_id == project_id, ProjectSourceRow.sha256.in_(part)
            )
            found.update(await self.session.scalars(query))
        return found

    async def add(self, project_id: str, sizes: Mapping[str, int]) -> None:
        """Note files as stored; those that already are stay."""
        missing = set(sizes) - await self.stored(project_id, sizes)
        self.session.add_all(
            ProjectSourceRow(project_id=project_id, sha256=sha256, size=sizes[sha256]) for sha256 in missing
        )


def _batches(hashes: Collection[str]) -> Iterable[list[str]]:
    ordered = sorted(hashes)
    return (
        ordered[start : start + _VARIABLES_PER_QUERY]
        for start in range(0, len(ordered), _VARIABLES_PER_QUERY)
    )
