"""Queries on labels. Each takes the project, whose row the caller has locked before a change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.tasks.tables import LabelRow


@dataclass(frozen=True, slots=True)
class LabelRepository:
    """Labels of one project."""

    session: AsyncSession
    project_id: str

    async def add(self, row: LabelRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def get(self, label_id: str) -> LabelRow | None:
        return await self.session.scalar(self._labels().where(LabelRow.id == label_id))

    async def by_key(self, name_key: str) -> LabelRow | None:
        return await self.session.scalar(self._labels().where(LabelRow.name_key == name_key))

    async def count(self) -> int:
        return await self.session.scalar(select(func.count()).select_from(self._labels().subquery())) or 0

    async def page(self, after: str | None, limit: int) -> Sequence[LabelRow]:
        """Give up to `limit`, newest first, and one more if there is more."""
        query = self._labels() if after is None else self._labels().where(LabelRow.id < after)
        return (await self.session.scalars(query.order_by(LabelRow.id.desc()).limit(limit + 1))).all()

    async def known(self, label_ids: Collection[str]) -> set[str]:
        """Give those of `label_ids` that the project has."""
        if not label_ids:
            return set()
        query = select(LabelRow.id).where(LabelRow.project_id == self.project_id, LabelRow.id.in_(label_ids))
        return set(await self.session.scalars(query))

    async def delete(self, row: LabelRow) -> None:
        await self.session.delete(row)
        await self.session.flush()

    def _labels(self) -> Select[LabelRow]:
        return select(LabelRow).where(LabelRow.project_id == self.project_id)
