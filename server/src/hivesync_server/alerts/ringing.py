"""The background task that raises an alert for what rang, and forgets it, at once. Any number may run."""

from __future__ import annotations

from dataclasses import dataclass

from hivesync_contract.alerts import AlertKind

from hivesync_server.alerts.service import alerts_on
from hivesync_server.auth.repository import UserRepository
from hivesync_server.background.loop import Loop
from hivesync_server.resources import Resources

PAUSE_SECONDS = 5.0
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class BellRinger:
    """See the module."""

    resources: Resources

    async def run(self) -> None:
        """Work until cancelled."""
        await Loop("alert bell", self.step, self.resources.bell.heard, PAUSE_SECONDS).run()

    async def step(self) -> bool:
        """Raise what rang; tell whether anything did."""
        async with self.resources.database.transaction() as transaction:
            alerts, users = alerts_on(self.resources, transaction), UserRepository(transaction.session)
            rung = await alerts.repository.rung(_AT_ONCE)
            for row in rung:
                user = await users.by_id(row.user_id) if row.user_id else None
                if user is not None and user.is_admin:
                    text = f"{row.text} for the administrator “{user.username}”"
                    await alerts.raise_alert(AlertKind.SECURITY_EVENT, text, f"guessing:{user.id}")
                await transaction.session.delete(row)
        return bool(rung)
