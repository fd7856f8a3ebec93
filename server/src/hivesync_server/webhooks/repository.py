"""Queries on webhooks, their deliveries and turns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hivesync_contract.webhooks import DeliveryFailure, DeliveryState, WebhookDisabled
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.auth.tables import UserRow
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.webhooks.tables import WebhookDeliveryRow, WebhookRow, WebhookTurnRow

_PENDING = WebhookDeliveryRow.due_at.is_not(None)
_LOCK: dict[str, Any] = {"key_share": True, "of": WebhookRow}
"""`FOR NO KEY UPDATE`: one at a time, and not while it is being deleted."""


@dataclass(frozen=True, slots=True)
class WebhookRepository:
    """Webhooks, each of a user."""

    session: AsyncSession

    async def add(self, row: WebhookRow) -> None:
        self.session.add(row)
        await self.session.flush()

    async def of_user(self, webhook_id: str, user_id: str, *, lock: bool = False) -> WebhookRow | None:
        query = select(WebhookRow).where(WebhookRow.id == webhook_id, WebhookRow.user_id == user_id)
        return await self.session.scalar(query.with_for_update() if lock else query)

    async def page(self, user_id: str, after: str | None, limit: int) -> Sequence[WebhookRow]:
        """Give up to `limit`, newest first, and one more if there is more."""
        query = select(WebhookRow).where(WebhookRow.user_id == user_id)
        if after is not None:
            query = query.where(WebhookRow.id < after)
        return (await self.session.scalars(query.order_by(WebhookRow.id.desc()).limit(limit + 1))).all()

    async def count(self, user_id: str) -> int:
        """Count a user's webhooks, having locked the user: none is added until this transaction ends."""
        await self.session.execute(select(UserRow.id).where(UserRow.id == user_id).with_for_update())
        query = select(func.count()).select_from(WebhookRow).where(WebhookRow.user_id == user_id)
        return await self.session.scalar(query) or 0

    async def delete(self, row: WebhookRow) -> None:
        await self.session.delete(row)

    async def listening(self, project_ids: Collection[str]) -> list[tuple[WebhookRow, str]]:
        """Give and lock the enabled webhooks of these projects' owners, each with the project it is told of.

        Always in the order of their ids: who locks some of them can't wait for who locks others.
        """
        query = (
            select(WebhookRow, ProjectRow.id)
            .join(ProjectRow, ProjectRow.owner_id == WebhookRow.user_id)
            .where(ProjectRow.id.in_(project_ids), WebhookRow.disabled_reason.is_(None))
            .where(WebhookRow.project_id.is_(None) | (WebhookRow.project_id == ProjectRow.id))
            .order_by(WebhookRow.id)
        )
        rows = await self.session.execute(query.with_for_update(**_LOCK))
        return [(row[0], row[1]) for row in rows]

    async def listening_everywhere(self, user_id: str) -> Sequence[WebhookRow]:
        """Give and lock a user's enabled webhooks that are not of one project."""
        query = select(WebhookRow).where(WebhookRow.user_id == user_id, WebhookRow.project_id.is_(None))
        query = query.where(WebhookRow.disabled_reason.is_(None)).order_by(WebhookRow.id)
        return (await self.session.scalars(query.with_for_update(**_LOCK))).all()

    async def locked(self, webhook_id: str) -> WebhookRow | None:
        """Give a webhook whose deliveries nobody else changes until this transaction ends."""
        query = select(WebhookRow).where(WebhookRow.id == webhook_id)
        return await self.session.scalar(
            query.with_for_update(**_LOCK).execution_options(populate_existing=True)
        )

    async def of_project(self, project_id: str, user_id: str) -> Sequence[WebhookRow]:
        """Give and lock a user's webhooks of one project."""
        query = select(WebhookRow).where(WebhookRow.project_id == project_id, WebhookRow.user_id == user_id)
        return (await self.session.scalars(query.order_by(WebhookRow.id).with_for_update(**_LOCK))).all()

    async def names(self, user_ids: Collection[str]) -> dict[str, str]:
        """Give the names of these users, as far as they still have an account."""
        query = select(UserRow.id, UserRow.username).where(UserRow.id.in_(user_ids))
        return {row[0]: row[1] for row in await self.session.execute(query)}


@dataclass(frozen=True, slots=True)
class DeliveryRepository:
    """Deliveries of one webhook at a time, and its turn."""

    session: AsyncSession

    async def add(self, row: WebhookDeliveryRow) -> None:
        """Add a delivery, and have its webhook's turn come."""
        self.session.add(row)
        await self.wake(row.webhook_id, row.due_at or row.created_at)

    async def wake(self, webhook_id: str, due: datetime) -> None:
        """Have the webhook's turn come when something is due; the caller has locked the webhook."""
        turn = await self.session.get(WebhookTurnRow, webhook_id)
        if turn is not None:
            turn.wake(due)
            return
        turn = WebhookTurnRow(webhook_id=webhook_id, tries=0, available_at=due)
        self.session.add(turn)
        await self.session.flush()

    async def again(self, row: WebhookDeliveryRow, now: datetime) -> None:
        """Have a message sent once more, with a whole set of tries; the caller has locked the webhook."""
        row.state, row.tries, row.due_at = DeliveryState.PENDING.value, 0, now
        await self.wake(row.webhook_id, now)

    async def of_webhook(self, delivery_id: str, webhook_id: str) -> WebhookDeliveryRow | None:
        query = select(WebhookDeliveryRow).where(
            WebhookDeliveryRow.id == delivery_id, WebhookDeliveryRow.webhook_id == webhook_id
        )
        return await self.session.scalar(query)

    async def page(self, webhook_id: str, after: str | None, limit: int) -> Sequence[WebhookDeliveryRow]:
        """Give up to `limit`, newest first, and one more if there is more."""
        query = select(WebhookDeliveryRow).where(WebhookDeliveryRow.webhook_id == webhook_id)
        if after is not None:
            query = query.where(WebhookDeliveryRow.id < after)
        query = query.order_by(WebhookDeliveryRow.id.desc()).limit(limit + 1)
        return (await self.session.scalars(query)).all()

    async def due(self, webhook_id: str, now: datetime, limit: int) -> Sequence[WebhookDeliveryRow]:
        """Give what should be sent now, what waits longest first."""
        query = select(WebhookDeliveryRow).where(WebhookDeliveryRow.webhook_id == webhook_id)
        query = query.where(WebhookDeliveryRow.due_at <= now)
        query = query.order_by(WebhookDeliveryRow.due_at, WebhookDeliveryRow.id).limit(limit)
        return (await self.session.scalars(query)).all()

    async def next_due(self, webhook_id: str) -> datetime | None:
        """Tell when the next message is due, or None when none waits."""
        query = select(func.min(WebhookDeliveryRow.due_at)).where(
            WebhookDeliveryRow.webhook_id == webhook_id, _PENDING
        )
        return await self.session.scalar(query)

    async def give_up(self, webhook: WebhookRow, reason: WebhookDisabled) -> None:
        """Disable a webhook, and end what waits for it; the caller has locked it."""
        webhook.disabled_reason = reason.value
        await self.session.execute(
            update(WebhookDeliveryRow)
            .where(WebhookDeliveryRow.webhook_id == webhook.id, _PENDING)
            .values(
                state=DeliveryState.FAILED.value, failure=DeliveryFailure.WEBHOOK_DISABLED.value, due_at=None
            )
        )
        await self.end_turn(webhook.id)

    async def end_turn(self, webhook_id: str) -> None:
        """Note that nothing waits for a webhook."""
        await self.session.execute(delete(WebhookTurnRow).where(WebhookTurnRow.webhook_id == webhook_id))

    async def forget(self, before: datetime) -> None:
        """Drop what is old from the log; what still waits stays."""
        await self.session.execute(
            delete(WebhookDeliveryRow).where(WebhookDeliveryRow.created_at < before, ~_PENDING)
        )
