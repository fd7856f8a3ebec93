"""Forgets what is over: ended sessions, old events, used idempotency keys. It never touches what counts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database
from hivesync_server.alerts.repository import AlertRepository
from hivesync_server.auth.accounts import UNCONFIRMED_LIFE
from hivesync_server.auth.devices.repository import DeviceRepository
from hivesync_server.auth.repository import MailedTokenRepository, SessionRepository, UserRepository
from hivesync_server.background.loop import Loop
from hivesync_server.events.repository import EventRepository
from hivesync_server.http import idempotency
from hivesync_server.logbook.repository import LogRepository
from hivesync_server.mails.repository import MailRepository
from hivesync_server.notifications.repository import NotificationRepository
from hivesync_server.quotas.repository import QuotaRepository
from hivesync_server.quotas.service import LONGEST
from hivesync_server.support.repository import QuestionRepository
from hivesync_server.team.repository import InviteRepository
from hivesync_server.webhooks.repository import DeliveryRepository

EVENTS_KEPT = timedelta(days=1)
"""A listener that was away for longer gets `reset`."""

SESSIONS_KEPT = timedelta(days=30)
"""After their end, so that a stolen token is still recognised."""

NOTIFICATIONS_KEPT = timedelta(days=90)
MAILS_KEPT = timedelta(days=30)
ALERTS_KEPT = timedelta(days=90)
LOGS_KEPT = timedelta(days=7)
WEBHOOK_DELIVERIES_KEPT = timedelta(days=30)

QUESTIONS_KEPT = timedelta(days=365)

_INTERVAL_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """One background task; running it in several processes does no harm."""

    database: Database
    clock: Clock
    confirmed_only: bool = False

    async def run(self) -> None:
        """Sweep now and every hour, until cancelled."""
        await Loop("housekeeping", self.sweep, asyncio.Event(), _INTERVAL_SECONDS).run()

    async def sweep(self) -> None:
        """Delete what is over."""
        now = self.clock()
        async with self.database.transaction() as transaction:
            await EventRepository(transaction.session).forget(now - EVENTS_KEPT)
            await SessionRepository(transaction.session).forget_ended(now - SESSIONS_KEPT)
            await DeviceRepository(transaction.session).forget()
            await MailedTokenRepository(transaction.session).forget(now)
            if self.confirmed_only:
                await UserRepository(transaction.session).forget_unconfirmed(now - UNCONFIRMED_LIFE)
            await NotificationRepository(transaction.session).forget(now - NOTIFICATIONS_KEPT)
            await AlertRepository(transaction.session).forget(now - ALERTS_KEPT)
            await LogRepository(transaction.session).forget(now - LOGS_KEPT)
            await DeliveryRepository(transaction.session).forget(now - WEBHOOK_DELIVERIES_KEPT)
            await InviteRepository(transaction.session).forget(now)
            await MailRepository(transaction.session).forget(now - MAILS_KEPT)
            await QuotaRepository(transaction.session).forget(now - LONGEST)
            await QuestionRepository(transaction.session).forget(now - QUESTIONS_KEPT)
            await idempotency.forget(transaction.session, now)
