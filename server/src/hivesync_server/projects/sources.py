"""Queries on stored source files of projects: which are there, where, and which have served their time."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from hivesync_contract.errors import ErrorCode
from sqlalchemy import ColumnElement, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.projects.tables import ProjectRow, ProjectSourceRow
from hivesync_server.retry_later import RetryLater

_VARIABLES_PER_QUERY = 500
_NOTED_EVERY = timedelta(days=1)
"""A use so soon after another is not written down again: a save must not write thousands of rows."""

_LOOKS, _LOOK_SECONDS = 40, 0.25
"""Together as long as a request may wait for another one's lock."""


class SourcesBusy(RetryLater):
    """Sources of the project are being deleted, and that takes long."""

    code = ErrorCode.CONFLICT

    def __init__(self, seconds: float) -> None:
        detail = "Files that this project has not used for long are just being deleted; try again soon."
        super().__init__(detail, max(1, round(seconds)))


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A stored source file. Without `pack_sha256` it has an object of its own."""

    sha256: str
    size: int
    pack_sha256: str | None = None
    pack_offset: int | None = None


@dataclass(frozen=True, slots=True)
class SourceRepository:
    """Which source files of a project are stored, and where."""

    session: AsyncSession

    async def hold(self, project_id: str, now: datetime) -> None:
        """Keep the project's sources from being cleaned up until this transaction ends.

        Who is at it just now is waited for, or `SourcesBusy` raised. The wait ends the transaction and begins
        another, so nothing may have been written before.
        """
        query = select(ProjectRow.swept_until).where(ProjectRow.id == project_id)
        for look in range(_LOOKS):
            until = await self.session.scalar(query.with_for_update(read=True))
            if until is None or until <= now:
                return
            if look == _LOOKS - 1:
                raise SourcesBusy((until - now).total_seconds() - look * _LOOK_SECONDS)
            await self.session.commit()
            await asyncio.sleep(_LOOK_SECONDS)

    async def use(self, project_id: str, hashes: Iterable[str], now: datetime) -> dict[str, StoredSource]:
        """Give those of `hashes` that are stored, and note that they are needed; the project is held."""
        found: dict[str, StoredSource] = {}
        for part in _batches(set(hashes)):
            these = _these(project_id, part), ProjectSourceRow.marked_at.is_(None)
            rows = await self.session.execute(select(*_COLUMNS).where(*these))
            found.update({row.sha256: StoredSource(*row) for row in rows})
            await self._note_use(project_id, found.keys() & set(part), now)
        return found

    async def _note_use(self, project_id: str, hashes: Collection[str], now: datetime) -> None:
        long_ago = ProjectSourceRow.used_at < now - _NOTED_EVERY
        query = select(ProjectSourceRow.sha256).where(_these(project_id, hashes), long_ago)
        # Who else has one of these in hand notes the same.
        rows = (await self.session.scalars(query.with_for_update(skip_locked=True))).all()
        if rows:
            await self._set(project_id, rows, used_at=now)

    async def add(self, project_id: str, sources: Sequence[StoredSource], now: datetime) -> None:
        """Note files as stored; those that already are stay where they were, but for marked ones."""
        by_hash = {source.sha256: source for source in sources}
        known: dict[str, bool] = {}
        for part in _batches(by_hash.keys()):
            query = select(ProjectSourceRow.sha256, ProjectSourceRow.marked_at)
            rows = await self.session.execute(query.where(_these(project_id, part)))
            known.update({row.sha256: row.marked_at is not None for row in rows})
        marked = [sha256 for sha256, is_marked in known.items() if is_marked]
        if marked:
            await self.delete(project_id, marked)
        new = [asdict(source) for sha256, source in by_hash.items() if known.get(sha256, True)]
        if new:
            common = {"project_id": project_id, "used_at": now}
            await self.session.execute(insert(ProjectSourceRow), [common | row for row in new])

    async def projects_to_sweep(self, unused_since: datetime, limit: int) -> Sequence[str]:
        """Give projects with sources that nobody has used since then."""
        query = select(ProjectSourceRow.project_id).where(ProjectSourceRow.used_at < unused_since)
        return (await self.session.scalars(query.distinct().limit(limit))).all()

    async def hold_all(self, project_id: str, now: datetime) -> ProjectRow | None:
        """Keep previews of the project from being begun or completed, until this transaction ends.

        Give the project, or nothing if that can't be had now.
        """
        free = or_(ProjectRow.swept_until.is_(None), ProjectRow.swept_until <= now)
        query = select(ProjectRow).where(ProjectRow.id == project_id, free)
        return await self.session.scalar(query.with_for_update(key_share=True, skip_locked=True))

    async def swept_by(self, project_id: str, lease: str) -> ProjectRow | None:
        """Give and lock the project, if it is still this worker's to clean up."""
        query = select(ProjectRow).where(ProjectRow.id == project_id, ProjectRow.sweep_lease == lease)
        return await self.session.scalar(query.with_for_update(key_share=True))

    async def marked(self, project_id: str, limit: int) -> Sequence[str]:
        """Give sources that are about to be deleted."""
        mine = ProjectSourceRow.project_id == project_id, ProjectSourceRow.marked_at.is_not(None)
        return (await self.session.scalars(select(ProjectSourceRow.sha256).where(*mine).limit(limit))).all()

    async def mark(self, project_id: str, unused_since: datetime, now: datetime, limit: int) -> int:
        """Have sources count as not stored, and tell how many."""
        unused = ProjectSourceRow.project_id == project_id, ProjectSourceRow.used_at < unused_since
        query = select(ProjectSourceRow.sha256).where(*unused).limit(limit)
        hashes = (await self.session.scalars(query)).all()
        if hashes:
            await self._set(project_id, hashes, marked_at=now)
        return len(hashes)

    async def objects_of(self, project_id: str, hashes: Collection[str]) -> list[str]:
        """Give the names of the objects in which these lie, but for packs that hold something else, too."""
        query = select(ProjectSourceRow.sha256, ProjectSourceRow.pack_sha256)
        rows = (await self.session.execute(query.where(_these(project_id, hashes)))).all()
        packs = {row.pack_sha256 for row in rows if row.pack_sha256 is not None}
        needed = select(ProjectSourceRow.pack_sha256).where(
            ProjectSourceRow.project_id == project_id,
            ProjectSourceRow.pack_sha256.in_(packs),
            ProjectSourceRow.marked_at.is_(None),
        )
        packs -= set((await self.session.scalars(needed.distinct())).all())
        return sorted({row.sha256 for row in rows if row.pack_sha256 is None} | packs)

    async def delete(self, project_id: str, hashes: Collection[str]) -> None:
        """Forget sources."""
        for part in _batches(set(hashes)):
            await self.session.execute(delete(ProjectSourceRow).where(_these(project_id, part)))

    async def _set(self, project_id: str, hashes: Collection[str], **values: datetime) -> None:
        statement = update(ProjectSourceRow).where(_these(project_id, hashes)).values(values)
        await self.session.execute(statement.execution_options(synchronize_session=False))


_COLUMNS = (
    ProjectSourceRow.sha256,
    ProjectSourceRow.size,
    ProjectSourceRow.pack_sha256,
    ProjectSourceRow.pack_offset,
)


def _these(project_id: str, hashes: Collection[str]) -> ColumnElement[bool]:
    return (ProjectSourceRow.project_id == project_id) & ProjectSourceRow.sha256.in_(hashes)


def _batches(hashes: Collection[str]) -> Iterable[list[str]]:
    ordered = sorted(hashes)
    return (
        ordered[start : start + _VARIABLES_PER_QUERY]
        for start in range(0, len(ordered), _VARIABLES_PER_QUERY)
    )
