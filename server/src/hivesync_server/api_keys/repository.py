"""Queries on API keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.api_keys.tables import ApiKeyProjectRow, ApiKeyRow
from hivesync_server.auth.tables import UserRow


@dataclass(frozen=True, slots=True)
class ApiKeyRepository:
    """Keys and the projects that they are limited to."""

    session: AsyncSession

    async def add(self, row: ApiKeyRow, project_ids: Iterable[str]) -> None:
        self.session.add(row)
        await self.session.flush()
        for project_id in sorted(project_ids):
            self.session.add(ApiKeyProjectRow(api_key_id=row.id, project_id=project_id))
        await self.session.flush()

    async def with_user(self, key_hash: bytes) -> tuple[ApiKeyRow, UserRow] | None:
        query = select(ApiKeyRow, UserRow).join(UserRow, UserRow.id == ApiKeyRow.user_id)
        row = (await self.session.execute(query.where(ApiKeyRow.key_hash == key_hash))).one_or_none()
        return (row[0], row[1]) if row else None

    async def living(self, key_ids: Collection[str], now: datetime) -> frozenset[str]:
        """Give those of these keys that still open anything."""
        unended = or_(ApiKeyRow.expires_at.is_(None), ApiKeyRow.expires_at > now)
        query = select(ApiKeyRow.id).join(UserRow, UserRow.id == ApiKeyRow.user_id)
        query = query.where(ApiKeyRow.id.in_(key_ids), unended, UserRow.disabled_at.is_(None))
        return frozenset((await self.session.scalars(query)).all())

    async def of_user(self, key_id: str, user_id: str) -> ApiKeyRow | None:
        query = select(ApiKeyRow).where(ApiKeyRow.id == key_id, ApiKeyRow.user_id == user_id)
        return await self.session.scalar(query.with_for_update())

    async def page(self, user_id: str, after: str | None, limit: int) -> Sequence[ApiKeyRow]:
        """Give up to `limit`, newest first, and one more if there is more."""
        query = select(ApiKeyRow).where(ApiKeyRow.user_id == user_id)
        if after is not None:
            query = query.where(ApiKeyRow.id < after)
        return (await self.session.scalars(query.order_by(ApiKeyRow.id.desc()).limit(limit + 1))).all()

    async def projects(self, key_ids: Iterable[str]) -> dict[str, list[str]]:
        """Give the projects of each of these keys that is limited, in a stable order."""
        query = select(ApiKeyProjectRow).where(ApiKeyProjectRow.api_key_id.in_(list(key_ids)))
        found: dict[str, list[str]] = defaultdict(list)
        for row in await self.session.scalars(query.order_by(ApiKeyProjectRow.project_id)):
            found[row.api_key_id].append(row.project_id)
        return found

    async def count(self, user_id: str) -> int:
        """Count a user's keys, having locked the user: none is added until this transaction ends."""
        await self.session.execute(select(UserRow.id).where(UserRow.id == user_id).with_for_update())
        query = select(func.count()).select_from(ApiKeyRow).where(ApiKeyRow.user_id == user_id)
        return await self.session.scalar(query) or 0

    async def note_use(self, key_id: str, now: datetime, interval: timedelta) -> None:
        """Note that a key was used, unless that was noted less than `interval` ago."""
        due = or_(ApiKeyRow.last_used_at.is_(None), ApiKeyRow.last_used_at <= now - interval)
        await self.session.execute(
            update(ApiKeyRow).where(ApiKeyRow.id == key_id, due).values(last_used_at=now)
        )

    async def delete_all(self, user_id: str) -> None:
        """End every key of a user."""
        await self.session.execute(delete(ApiKeyRow).where(ApiKeyRow.user_id == user_id))

    async def delete(self, row: ApiKeyRow) -> None:
        await self.session.delete(row)
