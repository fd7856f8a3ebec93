"""Activity of a project: who did what, in the order in which it was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verb(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    MOVED = "moved"
    ASSIGNED = "assigned"
    COMPLETED = "completed"
    REOPENED = "reopened"
    LINKED = "linked"
    UNLINKED = "unlinked"
    ATTACHED = "attached"
    DETACHED = "detached"
    INVITED = "invited"
    JOINED = "joined"
    LEFT = "left"
    REMOVED = "removed"
    TRANSFERRED = "transferred"


class ActivityKind(StrEnum):
    """What something was done to."""

    PROJECT = "project"
    MEMBER = "member"
    INVITE = "invite"
    TASK = "task"
    LABEL = "label"
    ATTACHMENT = "attachment"
    COMMENT = "comment"
    PREVIEW = "preview"
    AI_DOCS = "ai_docs"


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    """One entry of `GET /projects/{id}/activity`.

    `data`: names and values as they were then, depending on verb and kind. It may hold what people typed, so
    it is never shown as HTML. Without `actor_id` nobody in particular did it; the name goes with the account.
    """

    id: str
    verb: Verb
    subject_kind: ActivityKind
    subject_id: str
    actor_id: str | None
    actor_username: str | None
    data: dict[str, str | None]
    created_at: datetime
