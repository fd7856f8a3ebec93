"""Puts what is told into the transaction of what it tells: told for certain if committed, else never."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from hivesync_contract.activity import ActivityEntry, ActivityKind, Verb
from hivesync_contract.webhooks import (
    WEBHOOK_PAYLOAD_BYTES,
    DeliveryState,
    WebhookData,
    WebhookEventType,
    WebhookPayload,
)
from pydantic import TypeAdapter

from hivesync_server.adapters.db import Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.webhooks.kinds import listens, told_as
from hivesync_server.webhooks.repository import DeliveryRepository, WebhookRepository
from hivesync_server.webhooks.shapes import EVENTS
from hivesync_server.webhooks.tables import WebhookDeliveryRow, WebhookRow

_PAYLOAD = TypeAdapter(WebhookPayload)


@dataclass(frozen=True, slots=True)
class _News:
    kind: WebhookEventType
    project_id: str
    data: WebhookData


@dataclass(slots=True)
class WebhookQueue:
    """What domains use. However much happens in a transaction, its webhooks are looked up once, at its end.

    `ready` wakes the dispatcher of this process.
    """

    transaction: Transaction
    ready: asyncio.Event
    now: datetime
    _news: list[_News] = field(default_factory=list)

    def tell_activity(self, project_id: str, entry: ActivityEntry) -> None:
        """Tell of an activity, if it is one that is told. The actor's name is added here."""
        kind = told_as(entry.verb, entry.subject_kind)
        if kind is not None:
            self.tell(kind, project_id, WebhookData(project_id, activity=entry))

    def tell(self, kind: WebhookEventType, project_id: str, data: WebhookData) -> None:
        """Tell the webhooks of whoever owns the project when the transaction ends."""
        if not self._news:
            self.transaction.before_commit(self._spread)
        self._news.append(_News(kind, project_id, data))

    async def tell_deletion(self, project: ProjectRow, actor_id: str) -> None:
        """Tell at once that a project is about to be gone; webhooks of that project alone go with it."""
        entry = ActivityEntry(
            id=new_id(),
            verb=Verb.DELETED,
            subject_kind=ActivityKind.PROJECT,
            subject_id=project.id,
            actor_id=actor_id,
            actor_username=None,
            data={"name": project.name},
            created_at=self.now,
        )
        hooks = await WebhookRepository(self.transaction.session).listening_everywhere(project.owner_id)
        news = _News(WebhookEventType.PROJECT_DELETED, project.id, WebhookData(project.id, activity=entry))
        await self._deliver([(hook, project.id) for hook in hooks], [news])

    async def ping(self, webhook: WebhookRow) -> WebhookDeliveryRow:
        """Send something to a webhook that the caller has locked, whatever it listens to."""
        return await self._add(webhook, WebhookEventType.PING, WebhookData())

    async def _spread(self) -> None:
        news, self._news = self._news, []
        projects = {each.project_id for each in news}
        await self._deliver(await WebhookRepository(self.transaction.session).listening(projects), news)

    async def _deliver(self, hooks: Iterable[tuple[WebhookRow, str]], news: Iterable[_News]) -> None:
        wanted = [
            (hook, each)
            for hook, project_id in hooks
            for each in news
            if each.project_id == project_id and listens(EVENTS.validate_json(hook.events), each.kind)
        ]
        actors = {each.data.activity.actor_id for _, each in wanted if each.data.activity} - {None}
        names = await self._names({actor for actor in actors if actor})
        for hook, each in wanted:
            await self._add(hook, each.kind, _named(each.data, names))

    async def _names(self, user_ids: set[str]) -> dict[str, str]:
        return await WebhookRepository(self.transaction.session).names(user_ids) if user_ids else {}

    async def _add(
        self, webhook: WebhookRow, kind: WebhookEventType, data: WebhookData
    ) -> WebhookDeliveryRow:
        row = WebhookDeliveryRow(
            id=new_id(),
            webhook_id=webhook.id,
            type=kind.value,
            body=_body(WebhookPayload(kind, self.now, data)),
            state=DeliveryState.PENDING.value,
            tries=0,
            attempts=0,
            created_at=self.now,
            due_at=self.now,
        )
        await DeliveryRepository(self.transaction.session).add(row)
        self.transaction.after_commit(self.ready.set)
        return row


def _named(data: WebhookData, names: dict[str, str]) -> WebhookData:
    if data.activity is None:
        return data
    return replace(
        data, activity=replace(data.activity, actor_username=names.get(data.activity.actor_id or ""))
    )


def _body(payload: WebhookPayload) -> str:
    body = _PAYLOAD.dump_json(payload)
    if len(body) > WEBHOOK_PAYLOAD_BYTES:
        # Only what a build said can be that long; whoever wants it asks for the preview.
        body = _PAYLOAD.dump_json(replace(payload, data=replace(payload.data, preview=None)))
    return body.decode()
