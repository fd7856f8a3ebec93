"""Incidents: admins are told once when something goes wrong, and again only after it had been right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.notifications import NotificationType, SubjectKind

from hivesync_server.notifications.notifier import News, Notifier
from hivesync_server.workers.repository import WorkerRepository
from hivesync_server.workers.tables import IncidentRow


@dataclass(frozen=True, slots=True)
class Incidents:
    """Within one transaction. The incident's row makes one server of many the one that tells."""

    repository: WorkerRepository
    notifier: Notifier
    now: datetime

    async def settle(self, kind: NotificationType, wrong: str | None) -> None:
        """Begin an incident for the reason `wrong`, or end it if nothing is wrong; each may be repeated."""
        row = await self.repository.incident(kind.value)
        if wrong is None:
            if row is not None:
                row.since = None
            return
        if row is None:
            row = IncidentRow(kind=kind.value, since=None)
            await self.repository.add(row)
        if row.since is None:
            row.since = self.now
            news = News(kind, wrong, SubjectKind.SYSTEM)
            await self.notifier.tell(await self.repository.admins(), news)
