"""Events, as the backend and the agent send them (server-sent events: `id`, `event`, `data`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hivesync_contract.local_api import LocalPreview
from hivesync_contract.notifications import Notification
from hivesync_contract.operations import Operation
from hivesync_contract.previews import Preview
from hivesync_contract.tasks import Task


class EventType(StrEnum):
    AGENT_CHANGED = "agent.changed"
    AI_DOCS_STATE = "ai_docs.state"
    AI_DOCS_PROGRESS = "ai_docs.progress"
    DEVICE_CONSOLE = "device.console"
    COMMENT_ADDED = "comment.added"
    COMMENT_CHANGED = "comment.changed"
    COMMENT_DELETED = "comment.deleted"
    PREVIEW_STATE = "preview.state"
    PREVIEW_PROGRESS = "preview.progress"
    PREVIEW_DIAGNOSTICS = "preview.diagnostics"
    PROJECT_CHANGED = "project.changed"
    SESSION_CHANGED = "session.changed"
    TEAM_CHANGED = "team.changed"
    NOTIFICATION_CREATED = "notification.created"
    TASK_CHANGED = "task.changed"
    TASK_DELETED = "task.deleted"
    LABELS_CHANGED = "labels.changed"
    ATTACHMENTS_CHANGED = "attachments.changed"
    OPERATION_QUEUED = "operation.queued"
    OPERATION_DONE = "operation.done"
    OPERATION_CONFLICT = "operation.conflict"
    OPERATION_DISCARDED = "operation.discarded"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class AgentEvent:
    """`agent.changed`, from the agent only: its background work rests from now on, or goes on again."""

    paused: bool


@dataclass(frozen=True, slots=True)
class PreviewEvent:
    """`preview.state`: the preview as it now is."""

    preview: Preview


@dataclass(frozen=True, slots=True)
class PreviewProgressEvent:
    """`preview.progress`, from the agent only: a preview it makes, from `preparing` on."""

    preview: LocalPreview


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """`session.changed`: signed in, out, or signed out by the server."""

    signed_in: bool
    reason: str


@dataclass(frozen=True, slots=True)
class NotificationEvent:
    """`notification.created`: pushed to Premium; other tiers ask now and then."""

    notification: Notification


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """`task.changed`: a member made or changed a task. It comes right after the task `after`, or first."""

    task: Task
    after: str | None


@dataclass(frozen=True, slots=True)
class TaskDeletedEvent:
    """`task.deleted`: the task is gone, and no other depends on it any more."""

    project_id: str
    task_id: str


@dataclass(frozen=True, slots=True)
class LabelsEvent:
    """`labels.changed`: fetch the project's labels anew; one that is gone is gone from all tasks."""

    project_id: str


@dataclass(frozen=True, slots=True)
class AttachmentsEvent:
    """`attachments.changed`: fetch the attachments of this task anew."""

    project_id: str
    task_id: str


@dataclass(frozen=True, slots=True)
class OperationEvent:
    """`operation.*`, from the agent only: a change that waits, was done, came back, or was given up."""

    operation: Operation


@dataclass(frozen=True, slots=True)
class ResetEvent:
    """`reset`: events were missed and can't be had again; fetch what you show anew."""

    at: datetime
