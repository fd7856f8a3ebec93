"""The background task that hears the bell of its process, and raises what rang."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from hivesync_server.alerts.bell import Ring
from hivesync_server.alerts.service import alerts_on
from hivesync_server.background.loop import Loop
from hivesync_server.resources import Resources

PAUSE_SECONDS = 5.0


@dataclass(slots=True)
class BellRinger:
    """See the module. `held`: what is being raised, and is raised again if the database fails meanwhile."""

    resources: Resources
    held: Ring | None = field(default=None)

    async def run(self) -> None:
        """Work until cancelled."""
        await Loop("alert bell", self.step, asyncio.Event(), PAUSE_SECONDS).run()

    async def step(self) -> bool:
        """Wait for a ring, and raise its alert."""
        self.held = self.held or await self.resources.bell.waiting.get()
        async with self.resources.database.transaction() as transaction:
            alerts = alerts_on(self.resources, transaction)
            await alerts.raise_alert(self.held.kind, self.held.text, self.held.key)
        self.held = None
        return True
