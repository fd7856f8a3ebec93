"""Queries on alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.alerts import AlertKind
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.alerts.tables import (
    SETTINGS_ID,
    AlertMessageRow,
    AlertRingRow,
    AlertRow,
    AlertSettingsRow,
    IncidentRow,
)
from hivesync_server.auth.tables import UserRow


@dataclass(frozen=True, slots=True)
class AlertRepository:
    """Alerts and where they go."""

    session: AsyncSession

    async def settings(self, *, lock: bool = False) -> AlertSettingsRow | None:
        return await self.session.get(AlertSettingsRow, SETTINGS_ID, with_for_update=lock or None)

    async def add(self, row: AlertRow | AlertSettingsRow | IncidentRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def known(self, kind: AlertKind, key: str, *, lock: bool = False) -> AlertRow | None:
        query = select(AlertRow).where(AlertRow.kind == kind.value, AlertRow.key == key)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        return await self.session.scalar(query)

    async def see_again(self, kind: AlertKind, key: str, told_after: datetime, now: datetime) -> bool:
        """Count a trouble that was told lately; tell whether it was."""
        statement = (
            update(AlertRow)
            .where(AlertRow.kind == kind.value, AlertRow.key == key, AlertRow.told_at > told_after)
            .values(count=AlertRow.count + 1, last_at=now)
            .returning(AlertRow.id)
            .execution_options(synchronize_session=False)
        )
        return (await self.session.execute(statement)).first() is not None

    async def page(self, after: str | None, limit: int) -> Sequence[AlertRow]:
        """Give up to `limit`, newest first, and one more if there is more."""
        query = select(AlertRow)
        if after is not None:
            query = query.where(AlertRow.id < after)
        return (await self.session.scalars(query.order_by(AlertRow.id.desc()).limit(limit + 1))).all()

    async def rung(self, limit: int) -> Sequence[AlertRingRow]:
        """Give and lock what rang first, but for what others have in hand."""
        query = select(AlertRingRow).order_by(AlertRingRow.rung_at, AlertRingRow.id).limit(limit)
        return (await self.session.scalars(query.with_for_update(skip_locked=True))).all()

    async def admins(self) -> list[str]:
        """Give the ids of all administrators who can sign in."""
        able = UserRow.is_admin, UserRow.disabled_at.is_(None)
        return list(await self.session.scalars(select(UserRow.id).where(*able)))

    async def incident(self, kind: str) -> IncidentRow | None:
        """Give and lock what is known of an incident, or None if there never was one."""
        query = select(IncidentRow).where(IncidentRow.kind == kind)
        return await self.session.scalar(query.with_for_update())

    async def queue(self, alert_id: str, now: datetime) -> None:
        """Have an alert sent to Slack; one that still waits is sent as it now is."""
        row = AlertMessageRow(
            alert_id=alert_id, tries=0, available_at=now, leased_until=None, lease=None, queued_at=now
        )
        await self.session.merge(row)

    async def forget(self, before: datetime) -> None:
        """Drop what was not seen any more."""
        await self.session.execute(delete(AlertRow).where(AlertRow.last_at < before))
