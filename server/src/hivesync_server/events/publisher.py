"""Publishes events within the transaction of what they tell about, and wakes listeners after its commit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from hivesync_contract.events import EventType
from pydantic import TypeAdapter

from hivesync_server.adapters.db import Transaction
from hivesync_server.events.hub import EventHub
from hivesync_server.events.repository import EventRepository
from hivesync_server.events.tables import EventRow


@dataclass(frozen=True, slots=True)
class EventPublisher:
    """What domains use to tell a user's programs that something changed."""

    transaction: Transaction
    hub: EventHub
    now: datetime

    async def publish(self, user_id: str, kind: EventType, data: Any) -> None:
        """Add one event; `data` is the contract's shape for `kind`."""
        await self.publish_to([user_id], kind, data)

    async def publish_to_session(self, user_id: str, session_id: str, kind: EventType, data: Any) -> None:
        """Add one event that only the programs of that session are told."""
        await self.publish_to([user_id], kind, data, session_id=session_id)

    async def publish_to(
        self, user_ids: Collection[str], kind: EventType, data: Any, *, session_id: str | None = None
    ) -> None:
        """Add the same event for each of these users."""
        events = EventRepository(self.transaction.session)
        text = TypeAdapter(type(data)).dump_json(data).decode()
        for user_id, number in (await events.next_numbers(user_ids)).items():
            row = EventRow(user_id=user_id, number=number, type=kind.value, data=text, created_at=self.now)
            row.session_id = session_id
            await events.add(row)
            self.transaction.after_commit(partial(self.hub.publish, user_id))
