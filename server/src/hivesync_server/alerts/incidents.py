"""Incidents: troubles that begin and end. Administrators are told of both, once, whoever of many sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hivesync_contract.alerts import AlertKind
from sqlalchemy.exc import IntegrityError

from hivesync_server.adapters.db import Transaction
from hivesync_server.alerts.repository import AlertRepository
from hivesync_server.alerts.service import Alerts, alerts_on
from hivesync_server.alerts.tables import IncidentRow
from hivesync_server.resources import Resources


class Incident(StrEnum):
    """What can be wrong for a while."""

    WORKER_DOWN = "worker_down"
    QUEUE_HIGH = "queue_high"
    JOB_FAILED = "job_failed"
    MAILS_LATE = "mails_late"
    MAIL_PROVIDER = "mail_provider"
    OBJECT_STORE = "object_store"
    DISK = "disk"


KINDS = {
    Incident.WORKER_DOWN: AlertKind.WORKER_DOWN,
    Incident.QUEUE_HIGH: AlertKind.QUEUE_HIGH,
    Incident.JOB_FAILED: AlertKind.JOB_FAILED,
    Incident.MAILS_LATE: AlertKind.QUEUE_HIGH,
    Incident.MAIL_PROVIDER: AlertKind.SERVICE_DOWN,
    Incident.OBJECT_STORE: AlertKind.SERVICE_DOWN,
    Incident.DISK: AlertKind.SERVICE_DOWN,
}


@dataclass(frozen=True, slots=True)
class Incidents:
    """Within one transaction. The incident's row makes one server of many the one that tells."""

    alerts: Alerts

    @property
    def now(self) -> datetime:
        return self.alerts.now

    @property
    def repository(self) -> AlertRepository:
        return self.alerts.repository

    async def settle(self, incident: Incident, wrong: str | None, quiet_for: timedelta = timedelta()) -> None:
        """Begin an incident for the reason `wrong`, or end it if nothing is wrong; each may be repeated.

        Where servers may see different things, it ends only when none has seen it `quiet_for` so long.
        """
        row = await self.repository.incident(incident.value)
        if wrong is None:
            if row is not None and row.since is not None and not self._is_fresh(row, quiet_for):
                await self.alerts.resolve(KINDS[incident], _key(incident, row.since))
                row.since = None
            return
        row = row or await self._first(incident)
        row.seen_at = self.now
        if row.since is None:
            row.since = self.now
            await self.alerts.raise_alert(KINDS[incident], wrong, _key(incident, self.now))

    def _is_fresh(self, row: IncidentRow, quiet_for: timedelta) -> bool:
        return row.seen_at is not None and self.now - row.seen_at < quiet_for

    async def _first(self, incident: Incident) -> IncidentRow:
        """Make and lock the row of what was never wrong; of two who do, the second waits for the first."""
        try:
            async with self.repository.session.begin_nested():
                row = IncidentRow(kind=incident.value, since=None)
                await self.repository.add(row)
                return row
        except IntegrityError:
            return await self.repository.session.get_one(
                IncidentRow, incident.value, with_for_update=True, populate_existing=True
            )


def incidents_on(resources: Resources, transaction: Transaction) -> Incidents:
    """Give the service for one transaction."""
    return Incidents(alerts_on(resources, transaction))


def _key(incident: Incident, since: datetime) -> str:
    # Each time that it goes wrong is a trouble of its own.
    return f"{incident.value} {since:%Y-%m-%dT%H:%M:%S.%f}"
