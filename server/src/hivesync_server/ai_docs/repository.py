"""Queries on AI documentation; each takes the project, which the caller has been found to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.ai_docs import AiDocsState
from hivesync_contract.identity import Tier
from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from hivesync_server.ai_docs.shapes import RESULT
from hivesync_server.ai_docs.tables import AiDocsRow
from hivesync_server.auth.tables import UserRow

_WHOLE = (undefer(AiDocsRow.request), undefer(AiDocsRow.result))
_OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class AiDocsRepository:
    """Requests and their results. Lists come without the large texts."""

    session: AsyncSession

    async def add(self, row: AiDocsRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def get(self, ai_docs_id: str, project_id: str, *, lock: bool = False) -> AiDocsRow | None:
        query = select(AiDocsRow).where(AiDocsRow.id == ai_docs_id, AiDocsRow.project_id == project_id)
        query = query.options(*_WHOLE)
        return await self.session.scalar(query.with_for_update() if lock else query)

    async def locked(self, ai_docs_id: str) -> AiDocsRow | None:
        """Give and lock a request, whosever it is; for what is done for no caller."""
        query = select(AiDocsRow).where(AiDocsRow.id == ai_docs_id).options(*_WHOLE)
        return await self.session.scalar(query.with_for_update())

    async def same(self, project_id: str, fingerprint: bytes) -> AiDocsRow | None:
        """Give the latest request that has, or will have, the answer."""
        query = select(AiDocsRow).where(
            AiDocsRow.project_id == project_id,
            AiDocsRow.fingerprint == fingerprint,
            or_(AiDocsRow.state.in_(_OPEN), AiDocsRow.reusable),
        )
        return await self.session.scalar(query.order_by(AiDocsRow.id.desc()).limit(1).options(*_WHOLE))

    async def engine_now(self) -> str | None:
        """Give the engine that made the newest answer, of whatever project; None if there is none.

        The Worker alone knows how it is set up, and tells it with what it makes.
        """
        newest = select(AiDocsRow.result).where(AiDocsRow.state == AiDocsState.READY.value)
        result = await self.session.scalar(newest.order_by(AiDocsRow.id.desc()).limit(1))
        return RESULT.validate_json(result).engine if result else None

    async def page(
        self, project_id: str, after: str | None, limit: int, history: int | None
    ) -> Sequence[AiDocsRow]:
        """Give up to `limit`, newest first, and one more if there is more; of the latest `history` only."""
        query = select(AiDocsRow).where(AiDocsRow.project_id == project_id)
        if history is not None:
            beyond = select(AiDocsRow.id).where(AiDocsRow.project_id == project_id)
            last = await self.session.scalar(beyond.order_by(AiDocsRow.id.desc()).offset(history).limit(1))
            query = query.where(AiDocsRow.id > last) if last else query
        if after is not None:
            query = query.where(AiDocsRow.id < after)
        return (await self.session.scalars(query.order_by(AiDocsRow.id.desc()).limit(limit + 1))).all()

    async def forget(self, tier: Tier, before: datetime, limit: int) -> None:
        """Drop some requests of users of that tier that were made before then."""
        of_tier = select(UserRow.id).where(UserRow.tier == tier.value)
        old = select(AiDocsRow.id).where(AiDocsRow.created_at < before, AiDocsRow.user_id.in_(of_tier))
        ids = (await self.session.scalars(old.limit(limit).with_for_update(skip_locked=True))).all()
        if ids:
            await self.session.execute(delete(AiDocsRow).where(AiDocsRow.id.in_(ids)))

    async def delete(self, row: AiDocsRow) -> None:
        await self.session.delete(row)
