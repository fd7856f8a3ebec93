"""The wire form of activity."""

from __future__ import annotations

from hivesync_contract.activity import ActivityEntry, ActivityKind, Verb
from pydantic import TypeAdapter

from hivesync_server.activity.repository import ActivityAndName

DATA = TypeAdapter(dict[str, str | None])


def activity_shape(found: ActivityAndName) -> ActivityEntry:
    """Give an entry's wire form."""
    row, username = found
    return ActivityEntry(
        id=row.id,
        verb=Verb(row.verb),
        subject_kind=ActivityKind(row.subject_kind),
        subject_id=row.subject_id,
        actor_id=row.actor_id,
        actor_username=username,
        data=DATA.validate_json(row.data),
        created_at=row.created_at,
    )
