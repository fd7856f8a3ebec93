"""What is told, by what was noted as activity; and who listens to what."""

from __future__ import annotations

from collections.abc import Collection

from hivesync_contract.activity import ActivityKind, Verb
from hivesync_contract.webhooks import WebhookEventType

EVERYTHING = "*"
_GROUPS = {
    ActivityKind.PROJECT: "project",
    ActivityKind.MEMBER: "team",
    ActivityKind.INVITE: "team",
    ActivityKind.TASK: "task",
    ActivityKind.LABEL: "label",
    ActivityKind.ATTACHMENT: "attachment",
    ActivityKind.COMMENT: "comment",
}
_TYPES = frozenset(kind.value for kind in WebhookEventType)
SUBSCRIBABLE = frozenset(
    {EVERYTHING}
    | {kind for kind in _TYPES if kind != WebhookEventType.PING}
    | {f"{kind.partition('.')[0]}.*" for kind in _TYPES if "." in kind}
)
"""What `events` of a webhook may hold."""


def told_as(verb: Verb, kind: ActivityKind) -> WebhookEventType | None:
    """Give the type under which an activity is told, or None for one that is not."""
    name = f"{_GROUPS[kind]}.{verb.value}" if kind in _GROUPS else ""
    return WebhookEventType(name) if name in _TYPES else None


def listens(events: Collection[str], kind: WebhookEventType) -> bool:
    """Tell whether a webhook with these `events` is told of `kind`."""
    return bool({EVERYTHING, kind.value, f"{kind.value.partition('.')[0]}.*"} & set(events))
