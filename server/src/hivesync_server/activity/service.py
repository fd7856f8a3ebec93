"""Notes what was done, within the transaction that does it: both are there, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from hivesync_contract.activity import ActivityEntry, ActivityKind, Verb

from hivesync_server.activity.repository import ActivityRepository
from hivesync_server.activity.shapes import DATA
from hivesync_server.activity.tables import ActivityRow
from hivesync_server.adapters.db import Transaction
from hivesync_server.adapters.ids import new_id
from hivesync_server.resources import Resources, ResourcesDep, TransactionDep
from hivesync_server.services import service
from hivesync_server.webhooks.queue import WebhookQueue

VALUE_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Activity:
    """What domains use to note what a member has done."""

    repository: ActivityRepository
    hooks: WebhookQueue
    now: datetime

    def note(
        self,
        project_id: str,
        actor_id: str | None,
        verb: Verb,
        subject_kind: ActivityKind,
        subject_id: str,
        data: Mapping[str, str | None] | None = None,
    ) -> None:
        """Add one entry, and tell the owner's webhooks.

        Long values of `data` are cut: it tells what was done, and stores no texts.
        """
        short = {name: value and value[:VALUE_CHARACTERS] for name, value in (data or {}).items()}
        row = ActivityRow(
            id=new_id(),
            project_id=project_id,
            actor_id=actor_id,
            verb=verb.value,
            subject_kind=subject_kind.value,
            subject_id=subject_id,
            data=DATA.dump_json(short).decode(),
            created_at=self.now,
        )
        self.repository.add(row)
        entry = ActivityEntry(row.id, verb, subject_kind, subject_id, actor_id, None, short, self.now)
        self.hooks.tell_activity(project_id, entry)


def activity_on(resources: Resources, transaction: Transaction) -> Activity:
    """Give the service for one transaction."""
    now = resources.clock()
    hooks = WebhookQueue(transaction, resources.webhook_ready, now)
    return Activity(ActivityRepository(transaction.session), hooks, now)


async def _activity(resources: ResourcesDep, transaction: TransactionDep) -> Activity:
    return activity_on(resources, transaction)


ActivityDep = Annotated[Activity, service(_activity)]
