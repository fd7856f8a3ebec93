"""Queries on previews. What users ask for goes through their project first, so it is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.jobs import JobKind
from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.jobs.tables import OPEN_STATES, JobRow
from hivesync_server.previews.tables import PreviewRow, PreviewVersionRow


@dataclass(frozen=True, slots=True)
class PreviewAndVersion:
    """A preview with one of its versions."""

    preview: PreviewRow
    version: PreviewVersionRow

    @property
    def is_latest(self) -> bool:
        """Tell whether this version is what the preview now shows."""
        return self.preview.latest_version == self.version.version


_LATEST = and_(
    PreviewVersionRow.preview_id == PreviewRow.id, PreviewVersionRow.version == PreviewRow.latest_version
)


@dataclass(frozen=True, slots=True)
class PreviewRepository:
    """Previews and their versions."""

    session: AsyncSession

    async def add(self, *rows: PreviewRow | PreviewVersionRow) -> None:
        for row in rows:
            self.session.add(row)
            await self.session.flush()

    async def latest(
        self, preview_id: str, project_id: str, *, lock: bool = False
    ) -> PreviewAndVersion | None:
        """Give a preview with its newest version; with `lock` nobody else changes them meanwhile."""
        named = (PreviewRow.id == preview_id, PreviewRow.project_id == project_id)
        if lock:
            # By itself and first: Postgres joins by what was there before it waited for the lock, so one
            # query for both would give a version that another request has moved on or taken the place of.
            await self.session.execute(select(PreviewRow.id).where(*named).with_for_update())
        query = select(PreviewRow, PreviewVersionRow).join(PreviewVersionRow, _LATEST).where(*named)
        row = (await self.session.execute(query)).one_or_none()
        return PreviewAndVersion(row[0], row[1]) if row else None

    async def version(self, preview_id: str, version: int) -> PreviewAndVersion | None:
        """Give one version, and lock its preview."""
        same = PreviewVersionRow.preview_id == PreviewRow.id
        query = (
            select(PreviewRow, PreviewVersionRow).join(PreviewVersionRow, same).with_for_update(of=PreviewRow)
        )
        query = query.where(PreviewRow.id == preview_id, PreviewVersionRow.version == version)
        row = (await self.session.execute(query)).one_or_none()
        return PreviewAndVersion(row[0], row[1]) if row else None

    async def was_ready(self, preview_id: str) -> bool:
        """Tell whether any version of it could ever be seen."""
        seen = PreviewVersionRow.preview_id == preview_id, PreviewVersionRow.ready_at.is_not(None)
        return await self.session.scalar(select(PreviewVersionRow.version).where(*seen).limit(1)) is not None

    async def page(
        self, project_id: str, after: str | None, limit: int, history: int | None
    ) -> Sequence[PreviewAndVersion]:
        """Give up to `limit`, newest first, and one more if there is more; of the latest `history` only."""
        query = select(PreviewRow, PreviewVersionRow).join(PreviewVersionRow, _LATEST)
        query = query.where(PreviewRow.project_id == project_id)
        if history is not None:
            beyond = select(PreviewRow.id).where(PreviewRow.project_id == project_id)
            last = await self.session.scalar(beyond.order_by(PreviewRow.id.desc()).offset(history).limit(1))
            query = query.where(PreviewRow.id > last) if last else query
        if after is not None:
            query = query.where(PreviewRow.id < after)
        rows = await self.session.execute(query.order_by(PreviewRow.id.desc()).limit(limit + 1))
        return [PreviewAndVersion(row[0], row[1]) for row in rows]

    async def is_busy(self, project_id: str, uploads_since: datetime) -> bool:
        """Tell whether a build of the project is under way, or an upload to it begun since then may be."""
        jobs = select(JobRow.id).where(
            JobRow.project_id == project_id,
            JobRow.kind == JobKind.PREVIEW_BUILD.value,
            JobRow.state.in_(OPEN_STATES),
        )
        uploads = select(PreviewVersionRow.version).join(
            PreviewRow, PreviewRow.id == PreviewVersionRow.preview_id
        )
        # Only what lives has versions, and what lives is quickly found.
        uploads = uploads.where(
            PreviewRow.project_id == project_id,
            PreviewRow.expires_at > uploads_since,
            PreviewVersionRow.created_at > uploads_since,
        )
        for query in (jobs, uploads):
            if await self.session.scalar(query.limit(1)) is not None:
                return True
        return False

    async def forget_old_versions(self, preview_id: str) -> None:
        """Drop all versions but the latest, which history shows; their manifests are large."""
        latest = select(PreviewRow.latest_version).where(PreviewRow.id == preview_id).scalar_subquery()
        old = PreviewVersionRow.preview_id == preview_id, PreviewVersionRow.version < latest
        statement = delete(PreviewVersionRow).where(*old)
        await self.session.execute(statement.execution_options(synchronize_session=False))

    async def delete(self, row: PreviewRow) -> None:
        await self.session.delete(row)
