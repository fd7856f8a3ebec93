"""What becomes of webhooks of a project that gets another owner."""

from __future__ import annotations

from hivesync_contract.webhooks import WebhookDisabled
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.webhooks.repository import DeliveryRepository, WebhookRepository


async def withdraw_webhooks(session: AsyncSession, project_id: str, user_id: str) -> None:
    """Disable a user's webhooks of a project that is no longer the user's, with what still waits for them.

    After the events of its transaction: who tells of something locks event counters before webhooks.
    """
    deliveries = DeliveryRepository(session)
    for row in await WebhookRepository(session).of_project(project_id, user_id):
        if row.disabled_reason is None:
            await deliveries.give_up(row, WebhookDisabled.TRANSFERRED)
