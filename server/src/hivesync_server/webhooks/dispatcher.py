"""The webhook dispatcher: gives each endpoint its turn, and each turn a few messages at once.

Any number may run, in any number of processes: each turn is leased to one of them at a time. One that dies
leaves its lease to run out, and its messages are sent again under their ids.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hivesync_contract.errors import HiveSyncError
from hivesync_contract.webhooks import WebhookDisabled
from sqlalchemy.exc import SQLAlchemyError

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database, Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.background.leases import LEASE, Leases, kept
from hivesync_server.background.loop import Loop, finish
from hivesync_server.notifications.notifier import Notifier
from hivesync_server.webhooks.outcomes import DisabledAlready, TurnOutcomes
from hivesync_server.webhooks.repository import DeliveryRepository, WebhookRepository
from hivesync_server.webhooks.secrets import WebhookSecrets
from hivesync_server.webhooks.sending import Message, Outcome, Sender
from hivesync_server.webhooks.tables import WebhookRow, WebhookTurnRow

_logger = logging.getLogger(__name__)

TURNS_MAX = 64
"""Endpoints that one process talks to at once."""

MESSAGES_PER_TURN = 4
"""Requests that one endpoint gets at once; one that failed last time gets one."""

POLL_SECONDS = 1.0


@dataclass(slots=True)
class WebhookDispatcher:
    """See the module. `ready` is set by whoever tells something in this process."""

    database: Database
    sender: Sender
    secrets: WebhookSecrets
    notifier: Callable[[Transaction], Notifier]
    clock: Clock
    ready: asyncio.Event
    lease: str = field(default_factory=new_id)
    _turns: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Work until cancelled; turns that were begun are brought to their end."""
        try:
            await Loop("webhooks", self.step, self.ready, POLL_SECONDS).run()
        finally:
            await finish(tuple(self._turns))

    async def step(self) -> bool:
        """Begin the turns that are due, as far as there are places; tell whether there were any."""
        places = TURNS_MAX - len(self._turns)
        if places <= 0:
            return False  # a turn that ends wakes us
        for webhook_id in await self._claim(places):
            turn = asyncio.create_task(self._turn(webhook_id), name=f"webhook {webhook_id}")
            self._turns.add(turn)
            turn.add_done_callback(self._ended)
        return False

    def _ended(self, turn: asyncio.Task[None]) -> None:
        self._turns.discard(turn)
        self.ready.set()

    async def _claim(self, places: int) -> Sequence[str]:
        async with self.database.transaction() as transaction:
            turns = Leases(transaction.session, WebhookTurnRow, self.lease)
            rows = await turns.claim(self.clock(), LEASE, places, WebhookTurnRow.available_at)
            return [row.webhook_id for row in rows]

    async def _turn(self, webhook_id: str) -> None:
        try:
            messages = await self._load(webhook_id)
            in_hand = WebhookTurnRow.webhook_id == webhook_id
            async with kept(self.database, self.clock, WebhookTurnRow, self.lease, in_hand):
                outcomes = await asyncio.gather(*(self.sender.send(message) for message in messages))
            by_id = {message.id: outcome for message, outcome in zip(messages, outcomes, strict=True)}
            reason = await self._record(webhook_id, by_id)
            if reason is not None:
                await self._disable(webhook_id, reason)
        except (SQLAlchemyError, HiveSyncError, OSError):
            # The lease runs out, and the turn comes again.
            _logger.exception("webhook turn failed", extra={"webhook": webhook_id})

    async def _load(self, webhook_id: str) -> list[Message]:
        now = self.clock()
        async with self.database.transaction(writes=False) as transaction:
            webhook = await transaction.session.get(WebhookRow, webhook_id)
            turn = await transaction.session.get(WebhookTurnRow, webhook_id)
            if webhook is None or turn is None or webhook.disabled_reason is not None:
                return []
            signing = self.secrets.signing(webhook, now)
            at_once = 1 if turn.tries else MESSAGES_PER_TURN
            rows = await DeliveryRepository(transaction.session).due(webhook_id, now, at_once)
            return [Message(row.id, webhook.url, row.body, signing) for row in rows]

    async def _record(self, webhook_id: str, outcomes: dict[str, Outcome]) -> WebhookDisabled | None:
        for message_id, outcome in outcomes.items():
            if outcome.failure is not None:
                fields = {"webhook": webhook_id, "message": message_id, "reason": outcome.failure.value}
                _logger.info("webhook not delivered", extra=fields | {"status": outcome.status})
        async with self.database.transaction() as transaction:
            webhook = await WebhookRepository(transaction.session).locked(webhook_id)
            turns = Leases(transaction.session, WebhookTurnRow, self.lease)
            turn = await turns.held(WebhookTurnRow.webhook_id == webhook_id)
            if webhook is None or turn is None:
                return None
            return await TurnOutcomes(transaction.session, self.clock()).record(webhook, turn, outcomes)

    async def _disable(self, webhook_id: str, reason: WebhookDisabled) -> None:
        try:
            async with self.database.transaction() as transaction:
                outcomes = TurnOutcomes(transaction.session, self.clock())
                await outcomes.disable(webhook_id, reason, self.notifier(transaction))
        except DisabledAlready:
            return
        _logger.warning("webhook disabled", extra={"webhook": webhook_id, "reason": reason.value})
