"""Notifications: what a user should know of, kept until it is read and for a while longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NotificationType(StrEnum):
    TASK_ASSIGNED = "task_assigned"
    TASK_COMPLETED = "task_completed"
    COMMENT_ADDED = "comment_added"
    MENTION = "mention"
    PREVIEW_READY = "preview_ready"
    PREVIEW_FAILED = "preview_failed"
    AI_DOCS_READY = "ai_docs_ready"
    TEAM_INVITE = "team_invite"
    TEAM_JOINED = "team_joined"
    WEBHOOK_DISABLED = "webhook_disabled"
    WORKER_DOWN = "worker_down"
    QUEUE_HIGH = "queue_high"
    JOB_FAILED = "job_failed"
    SECURITY_EVENT = "security_event"
    SERVICE_DOWN = "service_down"


class SubjectKind(StrEnum):
    """What a notification is about, and so which route shows it."""

    TASK = "task"
    COMMENT = "comment"
    PREVIEW = "preview"
    AI_DOCS = "ai_docs"
    INVITE = "invite"
    PROJECT = "project"
    WEBHOOK = "webhook"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Notification:
    """`text`: one line for a person. It may hold what others typed, so it is never shown as HTML."""

    id: str
    type: NotificationType
    text: str
    project_id: str | None
    subject_kind: SubjectKind
    subject_id: str | None
    actor_id: str | None
    read: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NotificationPatch:
    """`PATCH /notifications/{id}`."""

    read: bool


@dataclass(frozen=True, slots=True)
class NotificationsRead:
    """`POST /notifications/read`: these, or without `ids` all up to and with `up_to`, or all."""

    ids: list[str] | None = None
    up_to: str | None = None


@dataclass(frozen=True, slots=True)
class UnreadCount:
    """`GET /notifications/unread`. Counts to 1,000 and no further: `more` says that there are more."""

    count: int
    more: bool


@dataclass(frozen=True, slots=True)
class NotificationChannels:
    """Where notifications of one type go: into the list (and live, by tier), and by mail."""

    type: NotificationType
    in_app: bool
    email: bool


class Digest(StrEnum):
    """Whether what goes by mail is mailed at once (`off`), or gathered into one mail a day."""

    OFF = "off"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class NotificationSettings:
    """`GET /notifications/settings`: one entry for each type that the user can get.

    A digest holds what was not read yet. Security events, and what is not in the list, are mailed at once.
    """

    channels: list[NotificationChannels]
    digest: Digest = Digest.OFF


@dataclass(frozen=True, slots=True)
class NotificationSettingsPatch:
    """`PATCH /notifications/settings`: the types to change, the others stay."""

    channels: list[NotificationChannels] | None = None
    digest: Digest | None = None
