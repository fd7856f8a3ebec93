"""Writes digests: one mail a day for who wants that, of what came since the last one and is unread.

The mail and the time of the next are one transaction on a locked row: no crash, and no number of processes,
makes two of them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database
from hivesync_server.auth.tables import UserRow
from hivesync_server.background.loop import Loop
from hivesync_server.mails.letters import MailKind, letter
from hivesync_server.mails.outbox import OutboxMailer
from hivesync_server.notifications.channels import AT_ONCE, channels_of
from hivesync_server.notifications.digest_times import next_digest
from hivesync_server.notifications.repository import NotificationRepository
from hivesync_server.notifications.service import stop_links_of
from hivesync_server.notifications.stop_links import DIGEST, StopLinks
from hivesync_server.notifications.tables import DigestRow
from hivesync_server.resources import Resources

SHOWN = 20
COUNTED_MAX = 1000
BATCH = 20
POLL_SECONDS = 60.0
LIFE = timedelta(days=1)
"""Of the mail: then there is another one."""


@dataclass(frozen=True, slots=True)
class Digests:
    """See the module."""

    database: Database
    stop_links: StopLinks
    hour: int
    clock: Clock

    async def run(self) -> None:
        """Work until cancelled."""
        await Loop("digests", self.step, asyncio.Event(), POLL_SECONDS).run()

    async def step(self) -> bool:
        """Write what is due; tell whether there was anything."""
        now = self.clock()
        async with self.database.transaction() as transaction:
            repository = NotificationRepository(transaction.session)
            mailer = OutboxMailer(transaction.session, now)
            due = await repository.due_digests(now, BATCH)
            for row, user in due:
                await self._write(repository, mailer, row, user, now)
                row.next_at = next_digest(now, self.hour)
            return bool(due)

    async def _write(
        self,
        repository: NotificationRepository,
        mailer: OutboxMailer,
        row: DigestRow,
        user: UserRow,
        now: datetime,
    ) -> None:
        chosen = channels_of(await repository.channels([user.id]), is_admin=user.is_admin)
        types = [kind.value for kind, to in chosen.items() if to.email and to.in_app and kind not in AT_ONCE]
        news = await repository.unread_after(user.id, row.after_id, types, COUNTED_MAX)
        if not news or not user.email_verified or user.disabled_at is not None:
            return
        row.after_id = news[0].id
        items = [{"text": each.text, "at": f"{each.created_at:%d %b, %H:%M} UTC"} for each in news[:SHOWN]]
        await mailer.send(
            letter(
                MailKind.DIGEST,
                user.email,
                expires_at=now + LIFE,
                unsubscribe_url=self.stop_links.link(user.id, DIGEST),
                count=len(news),
                items=items,
            )
        )


def digests_of(resources: Resources) -> Digests:
    """Give what writes digests in this process."""
    hour = resources.settings.mail.digest_hour
    return Digests(resources.database, stop_links_of(resources), hour, resources.clock)
