"""Outbound webhooks of the signed-in user."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from hivesync_contract.webhooks import Webhook, WebhookCreate, WebhookCreated, WebhookDelivery

from hivesync._async._resource import Resource
from hivesync._options import UNSET, Unset, given
from hivesync._paths import segment


class AsyncWebhooks(Resource):
    """`client.webhooks`."""

    def list(self) -> AsyncIterator[Webhook]:
        """Give every webhook."""
        return self._items("", Webhook)

    async def get(self, webhook_id: str) -> Webhook:
        """Give one webhook."""
        return await self._decoded("GET", f"/{segment(webhook_id)}", Webhook)

    async def create(
        self, url: str, events: Sequence[str], *, description: str = "", project_id: str | None = None
    ) -> WebhookCreated:
        """Create a webhook; `secret` in the answer is shown once. `events`: types, `task.*`, or `*`."""
        return await self._decoded(
            "POST", "", WebhookCreated, WebhookCreate(url, [*events], description, project_id)
        )

    async def update(
        self,
        webhook_id: str,
        *,
        url: str | Unset = UNSET,
        events: Sequence[str] | Unset = UNSET,
        description: str | Unset = UNSET,
        enabled: bool | Unset = UNSET,
        if_match: str | None = None,
    ) -> Webhook:
        """Change what is given; enabling one forgets its failures."""
        body = given(url=url, events=events, description=description, enabled=enabled)
        return await self._decoded("PATCH", f"/{segment(webhook_id)}", Webhook, body, if_match=if_match)

    async def delete(self, webhook_id: str) -> None:
        """Delete a webhook."""
        await self._sent("DELETE", f"/{segment(webhook_id)}")

    async def renew_secret(self, webhook_id: str) -> WebhookCreated:
        """Give it another secret; for a while messages carry a signature of the one before, too."""
        return await self._decoded("POST", f"/{segment(webhook_id)}/secret", WebhookCreated)

    async def test(self, webhook_id: str) -> WebhookDelivery:
        """Have a `ping` sent."""
        return await self._decoded("POST", f"/{segment(webhook_id)}/test", WebhookDelivery)

    def deliveries(self, webhook_id: str) -> AsyncIterator[WebhookDelivery]:
        """Give the messages of the last 30 days."""
        return self._items(f"/{segment(webhook_id)}/deliveries", WebhookDelivery)

    async def delivery(self, webhook_id: str, delivery_id: str) -> WebhookDelivery:
        """Give one message as it now is."""
        path = f"/{segment(webhook_id)}/deliveries/{segment(delivery_id)}"
        return await self._decoded("GET", path, WebhookDelivery)

    async def redeliver(self, webhook_id: str, delivery_id: str) -> WebhookDelivery:
        """Have a message sent once more."""
        path = f"/{segment(webhook_id)}/deliveries/{segment(delivery_id)}/redeliver"
        return await self._decoded("POST", path, WebhookDelivery)
