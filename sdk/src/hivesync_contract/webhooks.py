"""Outbound webhooks: what HiveSync tells other servers about a project, signed as Standard Webhooks 1.0 says.

A message is a POST of JSON with the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. It
comes at least once, and not always in order: a receiver remembers ids, and answers 2xx within 15 seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hivesync_contract.activity import ActivityEntry
from hivesync_contract.previews import PreviewError, PreviewState

WEBHOOK_PAYLOAD_BYTES = 256 * 1024


class WebhookEventType(StrEnum):
    """What can be told. `ping` comes when the webhook's owner asks for it, and is not subscribed to."""

    PING = "ping"
    PROJECT_CREATED = "project.created"
    PROJECT_CHANGED = "project.changed"
    PROJECT_DELETED = "project.deleted"
    TEAM_INVITED = "team.invited"
    TEAM_JOINED = "team.joined"
    TEAM_LEFT = "team.left"
    TEAM_REMOVED = "team.removed"
    TEAM_TRANSFERRED = "team.transferred"
    TASK_CREATED = "task.created"
    TASK_CHANGED = "task.changed"
    TASK_MOVED = "task.moved"
    TASK_ASSIGNED = "task.assigned"
    TASK_COMPLETED = "task.completed"
    TASK_REOPENED = "task.reopened"
    TASK_LINKED = "task.linked"
    TASK_UNLINKED = "task.unlinked"
    TASK_DELETED = "task.deleted"
    LABEL_CREATED = "label.created"
    LABEL_CHANGED = "label.changed"
    LABEL_DELETED = "label.deleted"
    ATTACHMENT_ATTACHED = "attachment.attached"
    ATTACHMENT_DETACHED = "attachment.detached"
    COMMENT_CREATED = "comment.created"
    COMMENT_CHANGED = "comment.changed"
    COMMENT_DELETED = "comment.deleted"
    PREVIEW_READY = "preview.ready"
    PREVIEW_FAILED = "preview.failed"
    AI_DOCS_READY = "ai_docs.ready"
    AI_DOCS_FAILED = "ai_docs.failed"


class WebhookDisabled(StrEnum):
    """Why a webhook gets nothing any more, until its owner enables it again."""

    BY_OWNER = "by_owner"
    GONE = "gone"
    FAILING = "failing"
    TRANSFERRED = "transferred"


class DeliveryState(StrEnum):
    """`pending`: it is being sent, or will be tried again."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class DeliveryFailure(StrEnum):
    """Why a try failed. What the other server wrote is neither kept nor shown."""

    ADDRESS_REFUSED = "address_refused"
    NAME_UNKNOWN = "name_unknown"
    CONNECTION_FAILED = "connection_failed"
    CERTIFICATE_INVALID = "certificate_invalid"
    TIMEOUT = "timeout"
    PROTOCOL_ERROR = "protocol_error"
    STATUS = "status"
    WEBHOOK_DISABLED = "webhook_disabled"


@dataclass(frozen=True, slots=True)
class WebhookCreate:
    """`POST /webhooks`. `url`: https, without user and fragment; `description`: up to 200 characters.

    `events`: 1–50 types, whole groups (`task.*`), or `*`. `project_id`: a project that the caller owns, or
    null for all of them, later ones too.
    """

    url: str
    events: list[str]
    description: str = ""
    project_id: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookPatch:
    """`PATCH /webhooks/{id}`, a JSON Merge Patch: what is absent stays. Enabling it forgets past failures."""

    url: str | None = None
    events: list[str] | None = None
    description: str | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook as its owner sees it. `failing_since`: the first failure since something last arrived.

    `previous_secret_until`: until then messages carry a signature of the secret before this one, too.
    """

    id: str
    url: str
    description: str
    events: list[str]
    project_id: str | None
    enabled: bool
    disabled_reason: WebhookDisabled | None
    failing_since: datetime | None
    previous_secret_until: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookCreated:
    """Answer to a new webhook and to a new secret: `secret` (`whsec_…`) is shown here and never again.

    A repeated request (`Idempotency-Key`) gets null.
    """

    webhook: Webhook
    secret: str | None


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """One message to one webhook; `id` is its `webhook-id`, on every try. Kept for 30 days.

    `status`, `failure` and `duration_ms` are those of the last try; `next_attempt_at` is null once it is
    over.
    """

    id: str
    webhook_id: str
    type: WebhookEventType
    state: DeliveryState
    attempts: int
    status: int | None
    failure: DeliveryFailure | None
    duration_ms: int | None
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class PreviewOutcome:
    """How a preview ended. It holds no link: that opens the preview for anyone."""

    preview_id: str
    version: int
    user_id: str
    state: PreviewState
    error: PreviewError | None


@dataclass(frozen=True, slots=True)
class AiDocsOutcome:
    """How an AI documentation ended."""

    ai_docs_id: str
    user_id: str
    path: str


@dataclass(frozen=True, slots=True)
class WebhookData:
    """What happened, by its type: `preview.*` has `preview`, `ai_docs.*` has `ai_docs`, `ping` has nothing,
    all others have `activity`.
    """

    project_id: str | None = None
    activity: ActivityEntry | None = None
    preview: PreviewOutcome | None = None
    ai_docs: AiDocsOutcome | None = None


@dataclass(frozen=True, slots=True)
class WebhookPayload:
    """The body of every message. `timestamp`: when it happened, not when it was sent."""

    type: WebhookEventType
    timestamp: datetime
    data: WebhookData
