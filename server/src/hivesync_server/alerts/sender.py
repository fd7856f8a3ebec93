"""Sends alerts to Slack from their outbox, patiently; mails and notifications have ways of their own."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hivesync_contract.alerts import AlertKind, SlackState

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.outbound.client import OutboundFailed
from hivesync_server.adapters.outbound.targets import TargetRefused
from hivesync_server.adapters.sealing import Sealer
from hivesync_server.alerts.repository import AlertRepository
from hivesync_server.alerts.slack import SLACK_PURPOSE, SlackHosts
from hivesync_server.alerts.tables import AlertMessageRow, AlertRow
from hivesync_server.alerts.wording import Words, words_of
from hivesync_server.background.backoff import backoff
from hivesync_server.background.leases import LEASE, Leases, kept
from hivesync_server.background.loop import FINISH_SECONDS, Loop
from hivesync_server.resources import Resources
from hivesync_server.webhooks.patience import read_retry_after

_logger = logging.getLogger(__name__)

BATCH = 8
TRIED_FOR = timedelta(hours=24)
_POLL_SECONDS = 5.0
_PAUSE_FIRST_SECONDS = 5.0
_PAUSE_MAX_SECONDS = 600.0
_REFUSALS = frozenset({400, 403, 404, 410})
"""Slack's answers for an address that was taken back, or a message that it will never take."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How a try went: delivered, refused for good, or to be tried again, not before `pause`."""

    state: SlackState
    reason: str = ""
    pause: timedelta = timedelta()


@dataclass(slots=True)
class AlertSender:
    """See the module. `ready` is set by whoever raises an alert in this process."""

    database: Database
    hosts: SlackHosts
    sealer: Sealer
    base_url: str
    clock: Clock
    ready: asyncio.Event
    lease: str = field(default_factory=new_id)

    async def run(self) -> None:
        """Work until cancelled."""
        await Loop("alerts", self.step, self.ready, _POLL_SECONDS, FINISH_SECONDS).run()

    async def step(self) -> bool:
        """Send what is due; tell whether there was anything."""
        url, messages = await self._claim()
        if not messages:
            return False
        in_hand = AlertMessageRow.alert_id.in_(messages)
        async with kept(self.database, self.clock, AlertMessageRow, self.lease, in_hand):
            for alert_id, words in messages.items():
                await self._record(alert_id, await self._send(url, words))
        return True

    async def _claim(self) -> tuple[str | None, dict[str, Words]]:
        async with self.database.transaction() as transaction:
            rows = await Leases(transaction.session, AlertMessageRow, self.lease).claim(
                self.clock(), LEASE, BATCH, AlertMessageRow.available_at
            )
            messages: dict[str, Words] = {}
            for row in rows:
                alert = await transaction.session.get_one(AlertRow, row.alert_id)
                kind = AlertKind(alert.kind)
                messages[alert.id] = words_of(
                    kind, alert.text, self.base_url, alert.first_at, alert.resolved_at
                )
            settings = await AlertRepository(transaction.session).settings() if messages else None
            return (settings.slack_url if settings else None), messages

    async def _send(self, sealed_url: str | None, words: Words) -> _Attempt:
        if sealed_url is None:
            return _Attempt(SlackState.OFF)
        try:
            answer = await self.hosts.post(self.sealer.open(sealed_url, SLACK_PURPOSE), words)
        except TargetRefused:
            return _Attempt(SlackState.FAILED, "address_refused")
        except OutboundFailed as error:
            return _Attempt(SlackState.PENDING, error.failure.value)
        if answer.is_success:
            return _Attempt(SlackState.DELIVERED)
        wish = read_retry_after(answer.headers.get("retry-after", ""), self.clock())
        state = SlackState.FAILED if answer.status in _REFUSALS else SlackState.PENDING
        return _Attempt(state, f"status {answer.status}", wish)

    async def _record(self, alert_id: str, attempt: _Attempt) -> None:
        if attempt.reason:
            _logger.warning("alert not sent to Slack", extra={"alert": alert_id, "reason": attempt.reason})
        async with self.database.transaction() as transaction:
            row = await Leases(transaction.session, AlertMessageRow, self.lease).held(
                AlertMessageRow.alert_id == alert_id
            )
            if row is None:
                return
            state = self._settle(row, attempt, self.clock())
            if state is not SlackState.PENDING:
                (await transaction.session.get_one(AlertRow, alert_id)).slack = state.value
                await transaction.session.delete(row)

    def _settle(self, row: AlertMessageRow, attempt: _Attempt, now: datetime) -> SlackState:
        if attempt.state is not SlackState.PENDING:
            return attempt.state
        if now - row.queued_at > TRIED_FOR:
            return SlackState.FAILED
        pause = backoff(row.tries + 1, _PAUSE_FIRST_SECONDS, _PAUSE_MAX_SECONDS)
        row.postpone(now + max(pause, attempt.pause))
        return SlackState.PENDING


def alert_sender(resources: Resources) -> AlertSender:
    """Give the sender of a process; it works while it is run."""
    return AlertSender(
        resources.database,
        SlackHosts(resources.outbound, resources.settings.alerts.slack_hosts),
        resources.sealer,
        resources.settings.http.base_url,
        resources.clock,
        resources.alert_ready,
    )
