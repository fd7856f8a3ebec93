"""The wire form of webhooks and deliveries. Secrets are in none of them."""

from __future__ import annotations

from datetime import datetime

from hivesync_contract.webhooks import (
    DeliveryFailure,
    DeliveryState,
    Webhook,
    WebhookDelivery,
    WebhookDisabled,
    WebhookEventType,
)
from pydantic import TypeAdapter

from hivesync_server.webhooks.tables import WebhookDeliveryRow, WebhookRow

EVENTS = TypeAdapter(list[str])


def webhook_shape(row: WebhookRow, now: datetime) -> Webhook:
    """Give a webhook's wire form."""
    rotating = row.previous_until is not None and row.previous_until > now
    return Webhook(
        id=row.id,
        url=row.url,
        description=row.description,
        events=EVENTS.validate_json(row.events),
        project_id=row.project_id,
        enabled=row.disabled_reason is None,
        disabled_reason=WebhookDisabled(row.disabled_reason) if row.disabled_reason else None,
        failing_since=row.failing_since,
        previous_secret_until=row.previous_until if rotating else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def delivery_shape(row: WebhookDeliveryRow) -> WebhookDelivery:
    """Give a delivery's wire form."""
    return WebhookDelivery(
        id=row.id,
        webhook_id=row.webhook_id,
        type=WebhookEventType(row.type),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        status=row.status,
        failure=DeliveryFailure(row.failure) if row.failure else None,
        duration_ms=row.duration_ms,
        created_at=row.created_at,
        attempted_at=row.attempted_at,
        next_attempt_at=row.due_at,
    )
