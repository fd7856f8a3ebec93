"""Builds the services of admins for one request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from hivesync_contract.admin import AdminWorker
from hivesync_contract.alerts import AlertSettings, AlertSettingsPatch

from hivesync_server.adapters.db import Transaction, give_back
from hivesync_server.admin.access import Admin, AdminDep
from hivesync_server.admin.acts import Acts
from hivesync_server.admin.figures import Figures
from hivesync_server.admin.lists import Lists
from hivesync_server.admin.repository import AdminRepository
from hivesync_server.alerts.service import Alerts, alerts_on
from hivesync_server.audit.service import Audit, AuditAction
from hivesync_server.auth.services import ClientAddress, sessions_of
from hivesync_server.resources import Resources, ResourcesDep, TransactionDep
from hivesync_server.workers.repository import WorkerRepository


@dataclass(frozen=True, slots=True)
class Desk:
    """All that an admin's request works with."""

    admin: Admin
    resources: Resources
    transaction: Transaction
    address: str

    @property
    def repository(self) -> AdminRepository:
        return AdminRepository(self.transaction.session)

    @property
    def lists(self) -> Lists:
        return Lists(self.repository)

    @property
    def figures(self) -> Figures:
        return Figures(self.repository, self.resources.settings.env, self.resources.clock())

    @property
    def acts(self) -> Acts:
        now = self.resources.clock()
        audit = Audit(self.transaction.session, now, self.address)
        sessions = sessions_of(self.resources, self.transaction)
        return Acts(self.admin, self.repository, sessions, audit, self.alerts, now)

    @property
    def alerts(self) -> Alerts:
        return alerts_on(self.resources, self.transaction)

    async def workers(self) -> list[AdminWorker]:
        """Give what each Worker said last."""
        now = self.resources.clock()
        return [
            AdminWorker(
                worker_id=row.worker_id,
                version=row.version,
                silent_seconds=max(0.0, (now - row.received_at).total_seconds()),
                running=row.running,
                queued=row.queued,
                done=row.done,
                failed=row.failed,
                errors=row.errors,
            )
            for row in await WorkerRepository(self.transaction.session).all()
        ]

    async def change_alerts(self, patch: AlertSettingsPatch) -> AlertSettings:
        """Change where alerts go, on record; the address at Slack is a secret, and not noted."""
        settings = await self.alerts.change_settings(patch)
        kinds, slack = ", ".join(settings.kinds), "on" if settings.slack else "off"
        data = {"slack": slack, "emails": str(len(settings.emails)), "kinds": kinds}
        self.acts.audit.note(AuditAction.ADMIN_ALERTS_CHANGED, self.admin.user_id, None, data)
        return settings

    async def test_alert(self) -> None:
        """Send a test alert, on record."""
        self.acts.audit.note(AuditAction.ADMIN_ALERT_TESTED, self.admin.user_id)
        await self.alerts.test()

    async def note_look(self, action: AuditAction, subject_id: str | None = None, **data: str | None) -> None:
        """Put into the audit log what a GET shows: in a transaction of its own, since the request's reads."""
        if not self.transaction.writes:
            await give_back(self.transaction.session)
        async with self.resources.database.transaction() as transaction:
            audit = Audit(transaction.session, self.resources.clock(), self.address)
            audit.note(action, self.admin.user_id, subject_id, data)


async def _desk(
    admin: AdminDep, resources: ResourcesDep, transaction: TransactionDep, address: ClientAddress
) -> Desk:
    return Desk(admin, resources, transaction, address)


DeskDep = Annotated[Desk, Depends(_desk)]
