"""What the outcomes of a turn do to its messages, its webhook and the next turn, within one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from hivesync_contract.notifications import NotificationType, SubjectKind
from hivesync_contract.webhooks import DeliveryState, WebhookDisabled
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.mails.letters import MailKind
from hivesync_server.notifications.notifier import News, Notifier
from hivesync_server.webhooks.patience import FAILING_MAX, pause_after, rest_after
from hivesync_server.webhooks.repository import DeliveryRepository, WebhookRepository
from hivesync_server.webhooks.sending import Outcome
from hivesync_server.webhooks.tables import WebhookDeliveryRow, WebhookRow, WebhookTurnRow

_REASONS = {
    WebhookDisabled.GONE: "its server answered that it is gone for good",
    WebhookDisabled.FAILING: "nothing has arrived there for five days",
}


@dataclass(frozen=True, slots=True)
class TurnOutcomes:
    """Records turns."""

    session: AsyncSession
    now: datetime

    async def record(
        self, webhook: WebhookRow, turn: WebhookTurnRow, outcomes: Mapping[str, Outcome]
    ) -> WebhookDisabled | None:
        """Note each message's outcome and when the next turn is; tell why the webhook should be disabled."""
        deliveries = DeliveryRepository(self.session)
        for delivery_id, outcome in outcomes.items():
            row = await deliveries.of_webhook(delivery_id, webhook.id)
            if row is not None:
                self._note(row, outcome)
        if any(outcome.failure is None for outcome in outcomes.values()):
            webhook.failing_since = turn.resting_until = None
            turn.tries = 0
        elif outcomes:
            webhook.failing_since = webhook.failing_since or self.now
            turn.tries += 1
            turn.resting_until = self.now + max(rest_after(turn.tries), _wish(outcomes))
        await self._end(deliveries, turn)
        if any(outcome.is_gone for outcome in outcomes.values()):
            return WebhookDisabled.GONE
        failing = webhook.failing_since is not None and self.now - webhook.failing_since >= FAILING_MAX
        return WebhookDisabled.FAILING if failing else None

    def _note(self, row: WebhookDeliveryRow, outcome: Outcome) -> None:
        row.tries += 1
        row.attempts += 1
        row.attempted_at, row.duration_ms, row.status = self.now, outcome.duration_ms, outcome.status
        if outcome.failure is None:
            row.state, row.failure, row.due_at = DeliveryState.DELIVERED.value, None, None
            return
        row.failure = outcome.failure.value
        if row.due_at is None:  # given up meanwhile, as its webhook was disabled
            return
        pause = pause_after(row.tries)
        if pause is None:
            row.state, row.due_at = DeliveryState.FAILED.value, None
        else:
            row.due_at = self.now + max(pause, outcome.retry_after)

    async def _end(self, deliveries: DeliveryRepository, turn: WebhookTurnRow) -> None:
        await self.session.flush()
        due = await deliveries.next_due(turn.webhook_id)
        if due is None:
            await self.session.delete(turn)
            return
        turn.lease = turn.leased_until = None
        turn.available_at = max(due, turn.resting_until) if turn.resting_until else due

    async def disable(self, webhook_id: str, reason: WebhookDisabled, notifier: Notifier) -> None:
        """Disable a webhook that has been given up, and tell its owner, once.

        In a transaction of its own: the owner's event counter is locked before the webhook, as everywhere.
        """
        repository = WebhookRepository(self.session)
        found = await self.session.get(WebhookRow, webhook_id)
        if found is None or found.disabled_reason is not None:
            return
        text = f"HiveSync stopped calling your webhook “{_name(found)}”: {_REASONS[reason]}"
        news = News(
            NotificationType.WEBHOOK_DISABLED,
            text,
            SubjectKind.WEBHOOK,
            webhook_id,
            found.project_id,
            mail=MailKind.WEBHOOK_DISABLED,
            values={
                "name": _name(found),
                "host": httpx.URL(found.url).host,
                "reason": _REASONS[reason],
            },
        )
        await notifier.tell([found.user_id], news)
        webhook = await repository.locked(webhook_id)
        if webhook is None or webhook.disabled_reason is not None or _recovered(webhook, reason):
            raise DisabledAlready
        await DeliveryRepository(self.session).give_up(webhook, reason)


class DisabledAlready(Exception):
    """Somebody was faster; nothing of this transaction counts."""


def _recovered(webhook: WebhookRow, reason: WebhookDisabled) -> bool:
    return reason is WebhookDisabled.FAILING and webhook.failing_since is None


def _wish(outcomes: Mapping[str, Outcome]) -> timedelta:
    return max(outcome.retry_after for outcome in outcomes.values())


def _name(webhook: WebhookRow) -> str:
    # Not its URL: that may hold another service's secret, and mails are read by more than one server.
    return webhook.description or webhook.id
