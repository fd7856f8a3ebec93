"""What a user can do with webhooks, within one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import httpx
from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError
from hivesync_contract.webhooks import WebhookCreated, WebhookDisabled

from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.outbound.client import Outbound
from hivesync_server.audit.service import Audit, AuditAction, AuditDep
from hivesync_server.projects.service import PatchInvalid, Projects, ProjectsDep
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.services import service
from hivesync_server.webhooks.queue import WebhookQueue
from hivesync_server.webhooks.repository import DeliveryRepository, WebhookRepository
from hivesync_server.webhooks.schemas import WebhookCreateBody
from hivesync_server.webhooks.secrets import WebhookSecrets
from hivesync_server.webhooks.shapes import EVENTS, webhook_shape
from hivesync_server.webhooks.tables import WebhookDeliveryRow, WebhookRow

WEBHOOKS_MAX = 20


class WebhookUnknown(HiveSyncError):
    """There is no such webhook, or it is someone else's: the answer is the same."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such webhook.")


class DeliveryUnknown(HiveSyncError):
    """The webhook has no such delivery, or it is older than the log goes back."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such delivery; the log goes back 30 days.")


class WebhooksTooMany(HiveSyncError):
    """Every one of them costs a message for everything that happens."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__(f"You have {WEBHOOKS_MAX} webhooks, and there can't be more; delete some first.")


class WebhookIsDisabled(HiveSyncError):
    """Nothing is sent to it."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("This webhook is disabled; enable it first.")


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Webhooks of the user who asks."""

    repository: WebhookRepository
    deliveries: DeliveryRepository
    projects: Projects
    secrets: WebhookSecrets
    queue: WebhookQueue
    outbound: Outbound
    audit: Audit
    now: datetime

    async def create(self, user_id: str, body: WebhookCreateBody) -> WebhookCreated:
        """Make a webhook, or raise `TargetRefused`, `ProjectUnknown`, `OwnerOnly` or `WebhooksTooMany`."""
        self.outbound.target(body.url)
        if body.project_id is not None:
            await self.projects.owned(body.project_id, user_id)
        if await self.repository.count(user_id) >= WEBHOOKS_MAX:
            raise WebhooksTooMany
        row = WebhookRow(
            id=new_id(),
            user_id=user_id,
            project_id=body.project_id,
            url=body.url,
            description=body.description,
            events=_events(body.events),
            secret="",
            created_at=self.now,
            updated_at=self.now,
        )
        secret = self.secrets.renew(row, self.now)
        await self.repository.add(row)
        self._note(AuditAction.WEBHOOK_CREATED, row)
        return WebhookCreated(webhook_shape(row, self.now), secret)

    async def get(self, webhook_id: str, user_id: str, *, lock: bool = False) -> WebhookRow:
        """Give one, or raise `WebhookUnknown`."""
        row = await self.repository.of_user(webhook_id, user_id, lock=lock)
        if row is None:
            raise WebhookUnknown
        return row

    async def change(self, row: WebhookRow, changes: Mapping[str, Any]) -> None:
        """Apply a merge patch to a locked webhook."""
        for name, value in changes.items():
            if value is None and name != "description":
                raise PatchInvalid(
                    f"A webhook can't be without {name}.", errors=[FieldError(name, "must not be null")]
                )
        if "url" in changes:
            self.outbound.target(changes["url"])
            row.url = changes["url"]
        if "events" in changes:
            row.events = _events(changes["events"])
        if "description" in changes:
            row.description = changes["description"] or ""
        if "enabled" in changes:
            await self._switch(row, changes["enabled"])
        row.updated_at = self.now
        self._note(AuditAction.WEBHOOK_CHANGED, row, fields=", ".join(sorted(changes)))

    async def _switch(self, row: WebhookRow, enabled: bool) -> None:
        if not enabled:
            if row.disabled_reason is None:
                await self.deliveries.give_up(row, WebhookDisabled.BY_OWNER)
            return
        if row.project_id is not None:
            # Without a lock: whoever tells of something locks projects before webhooks.
            self.projects.check_owner(await self.projects.get(row.project_id, row.user_id), row.user_id)
        row.disabled_reason = row.failing_since = None

    async def renew_secret(self, webhook_id: str, user_id: str) -> WebhookCreated:
        """Give a webhook a new secret, or raise `WebhookUnknown`."""
        row = await self.get(webhook_id, user_id, lock=True)
        secret = self.secrets.renew(row, self.now)
        row.updated_at = self.now
        self._note(AuditAction.WEBHOOK_SECRET_RENEWED, row)
        return WebhookCreated(webhook_shape(row, self.now), secret)

    async def delete(self, webhook_id: str, user_id: str) -> None:
        """Forget a webhook with its log and what waits for it, or raise `WebhookUnknown`."""
        row = await self.get(webhook_id, user_id, lock=True)
        self._note(AuditAction.WEBHOOK_DELETED, row)
        await self.repository.delete(row)

    async def ping(self, webhook_id: str, user_id: str) -> WebhookDeliveryRow:
        """Send a `ping`, or raise `WebhookUnknown` or `WebhookIsDisabled`."""
        row = await self._enabled(webhook_id, user_id)
        return await self.queue.ping(row)

    async def delivery(self, webhook_id: str, delivery_id: str, user_id: str) -> WebhookDeliveryRow:
        """Give one delivery, or raise `WebhookUnknown` or `DeliveryUnknown`."""
        webhook = await self.get(webhook_id, user_id)
        row = await self.deliveries.of_webhook(delivery_id, webhook.id)
        if row is None:
            raise DeliveryUnknown
        return row

    async def redeliver(self, webhook_id: str, delivery_id: str, user_id: str) -> WebhookDeliveryRow:
        """Send a message once more, under the same id, with a whole set of tries before it."""
        webhook = await self._enabled(webhook_id, user_id)
        row = await self.delivery(webhook.id, delivery_id, user_id)
        await self.deliveries.again(row, self.now)
        self.queue.transaction.after_commit(self.queue.ready.set)
        return row

    async def _enabled(self, webhook_id: str, user_id: str) -> WebhookRow:
        row = await self.get(webhook_id, user_id, lock=True)
        if row.disabled_reason is not None:
            raise WebhookIsDisabled
        return row

    def _note(self, action: AuditAction, row: WebhookRow, **data: str) -> None:
        # Not the whole URL: its path and query are where many services put their secret.
        self.audit.note(action, row.user_id, row.id, {"host": httpx.URL(row.url).host, **data})


def _events(events: list[str]) -> str:
    return EVENTS.dump_json(list(dict.fromkeys(events))).decode()


async def _webhooks(
    resources: ResourcesDep, transaction: TransactionDep, projects: ProjectsDep, audit: AuditDep
) -> Webhooks:
    now = resources.clock()
    return Webhooks(
        WebhookRepository(transaction.session),
        DeliveryRepository(transaction.session),
        projects,
        WebhookSecrets(resources.sealer),
        WebhookQueue(transaction, resources.webhook_ready, now),
        resources.outbound,
        audit,
        now,
    )


WebhooksDep = Annotated[Webhooks, service(_webhooks)]
