"""The background task that sees when mails pile up, an object store is away or the disk is nearly full."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from hivesync_server.adapters.objects import ObjectStore, ObjectStoreUnreachable
from hivesync_server.alerts.incidents import Incident, incidents_on
from hivesync_server.background.loop import Loop
from hivesync_server.checks import State, stores
from hivesync_server.mails.repository import MailRepository
from hivesync_server.resources import Resources

PAUSE_SECONDS = 60.0
MAILS_LATE = timedelta(minutes=15)
QUIET_FOR = timedelta(minutes=3)
"""A server that alone can't reach something would else begin what another ends, once a minute."""

_ABSENT = "checks/never-there"


@dataclass(slots=True)
class ServiceWatch:
    """Any number may run. `suspicions`: what was wrong at the last look; only what stays wrong is told."""

    resources: Resources
    suspicions: dict[Incident, str | None] = field(default_factory=dict)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Look every minute, until cancelled."""
        await Loop("service watch", self.step, self.wake, PAUSE_SECONDS).run()

    async def step(self) -> bool:
        """Look once."""
        found = {Incident.OBJECT_STORE: await self._objects(), Incident.DISK: await self._disk()}
        async with self.resources.database.transaction() as transaction:
            incidents = incidents_on(self.resources, transaction)
            await incidents.settle(
                Incident.MAILS_LATE, await self._mails(MailRepository(transaction.session))
            )
            for incident, wrong in found.items():
                if wrong is None or self.suspicions.get(incident):
                    await incidents.settle(incident, wrong, QUIET_FOR)
        self.suspicions = found
        return False

    async def _mails(self, mails: MailRepository) -> str | None:
        if self.resources.settings.mail.provider == "outbox":  # they wait there for ever
            return None
        oldest = await mails.oldest_waiting()
        if oldest is None or self.resources.clock() - oldest < MAILS_LATE:
            return None
        minutes = int(MAILS_LATE.total_seconds() // 60)
        return f"Mails have been waiting for more than {minutes} minutes; the list of mails says why"

    async def _objects(self) -> str | None:
        objects = self.resources.objects
        names = self.resources.settings.objects
        named = (
            (names.previews_bucket, objects.previews),
            (names.logs_bucket, objects.logs),
            (names.artifacts_bucket, objects.artifacts),
        )
        away = await asyncio.gather(*(self._is_away(store) for _, store in named))
        gone = [name for (name, _), is_away in zip(named, away, strict=True) if is_away]
        if not gone:
            return None
        return f"The object store does not answer for {', '.join(gone)}; uploads and previews wait"

    async def _is_away(self, store: ObjectStore) -> bool:
        try:
            await store.head(_ABSENT)
        except ObjectStoreUnreachable:
            return True
        return False

    async def _disk(self) -> str | None:
        findings = await stores.disk(self.resources.settings)
        wrong = [finding for finding in findings if finding.state is State.FAIL]
        return f"{wrong[0].detail} {wrong[0].remedy}" if wrong else None
