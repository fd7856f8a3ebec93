"""Queries on devices. One is there for its user as long as a session of it lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.adapters.ids import new_id
from hivesync_server.auth.devices.tables import DeviceRow
from hivesync_server.auth.tables import SessionRow

DeviceFound = tuple[DeviceRow, int, datetime]
"""A device, how many sessions of it live, and when the last of them was used."""

_ITS_SESSIONS = and_(SessionRow.user_id == DeviceRow.user_id, SessionRow.label == DeviceRow.name)


@dataclass(frozen=True, slots=True)
class DeviceRepository:
    """Devices of one user at a time."""

    session: AsyncSession

    async def note(self, user_id: str, name: str, now: datetime) -> None:
        """Know a device from now on. The caller has locked the user, so nobody else does it meanwhile."""
        query = select(DeviceRow.id).where(DeviceRow.user_id == user_id, DeviceRow.name == name)
        if await self.session.scalar(query) is None:
            self.session.add(DeviceRow(id=new_id(), user_id=user_id, name=name, created_at=now))
            await self.session.flush()

    async def page(self, user_id: str, now: datetime, after: str | None, limit: int) -> Sequence[DeviceFound]:
        """Give up to `limit` that are signed in, newest first, and one more if there is more."""
        query = (
            select(DeviceRow, func.count(), func.max(SessionRow.last_used_at))
            .join(SessionRow, _ITS_SESSIONS)
            .where(DeviceRow.user_id == user_id, *_live(now))
        )
        if after is not None:
            query = query.where(DeviceRow.id < after)
        query = query.group_by(DeviceRow.id).order_by(DeviceRow.id.desc()).limit(limit + 1)
        return [(row[0], row[1], row[2]) for row in await self.session.execute(query)]

    async def live_sessions(self, device_id: str, user_id: str, now: datetime) -> Sequence[str]:
        """Give the ids of a device's sessions, in the order in which all who lock several do it."""
        query = select(SessionRow.id).join(DeviceRow, _ITS_SESSIONS)
        mine = DeviceRow.id == device_id, DeviceRow.user_id == user_id
        rows = await self.session.scalars(query.where(*mine, *_live(now)).order_by(SessionRow.id.desc()))
        return rows.all()

    async def name_of(self, session_id: str) -> str | None:
        """Give the name of the device that a session belongs to."""
        return await self.session.scalar(select(SessionRow.label).where(SessionRow.id == session_id))

    async def forget(self) -> None:
        """Drop devices whose last session is forgotten."""
        its = select(SessionRow.id).where(_ITS_SESSIONS).correlate(DeviceRow).exists()
        await self.session.execute(delete(DeviceRow).where(~its))


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return SessionRow.revoked_at.is_(None), SessionRow.expires_at > now
