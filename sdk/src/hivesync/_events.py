"""Events as callers see them. An event of an unknown type is passed on undecoded, not dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from hivesync_contract.ai_docs import AiDocsEvent, AiDocsProgressEvent
from hivesync_contract.comments import CommentEvent
from hivesync_contract.events import (
    AgentEvent,
    AttachmentsEvent,
    EventType,
    LabelsEvent,
    NotificationEvent,
    PreviewEvent,
    PreviewProgressEvent,
    ResetEvent,
    SessionEvent,
    TaskDeletedEvent,
    TaskEvent,
)
from hivesync_contract.local_diagnostics import PreviewDiagnosticsEvent
from hivesync_contract.local_projects import ProjectChangedEvent
from hivesync_contract.rooms import DeviceConsoleEvent
from hivesync_contract.team import TeamEvent

_SHAPES: dict[str, Any] = {
    EventType.AGENT_CHANGED: AgentEvent,
    EventType.AI_DOCS_STATE: AiDocsEvent,
    EventType.AI_DOCS_PROGRESS: AiDocsProgressEvent,
    EventType.COMMENT_ADDED: CommentEvent,
    EventType.COMMENT_CHANGED: CommentEvent,
    EventType.COMMENT_DELETED: CommentEvent,
    EventType.NOTIFICATION_CREATED: NotificationEvent,
    EventType.PREVIEW_STATE: PreviewEvent,
    EventType.PREVIEW_PROGRESS: PreviewProgressEvent,
    EventType.DEVICE_CONSOLE: DeviceConsoleEvent,
    EventType.PREVIEW_DIAGNOSTICS: PreviewDiagnosticsEvent,
    EventType.PROJECT_CHANGED: ProjectChangedEvent,
    EventType.SESSION_CHANGED: SessionEvent,
    EventType.TEAM_CHANGED: TeamEvent,
    EventType.TASK_CHANGED: TaskEvent,
    EventType.TASK_DELETED: TaskDeletedEvent,
    EventType.LABELS_CHANGED: LabelsEvent,
    EventType.ATTACHMENTS_CHANGED: AttachmentsEvent,
    EventType.RESET: ResetEvent,
}

Payload = (
    AgentEvent
    | AiDocsEvent
    | AiDocsProgressEvent
    | CommentEvent
    | NotificationEvent
    | PreviewEvent
    | PreviewProgressEvent
    | PreviewDiagnosticsEvent
    | ProjectChangedEvent
    | SessionEvent
    | TeamEvent
    | TaskEvent
    | TaskDeletedEvent
    | LabelsEvent
    | AttachmentsEvent
    | ResetEvent
    | Any
)


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event. `data` is a contract type where the type is known, else plain JSON."""

    id: str
    type: str
    data: Payload


def decode_event(event_id: str, event_type: str, data: str) -> Event | None:
    """Decode one event; None if its payload is not JSON."""
    try:
        return Event(event_id, event_type, msgspec.json.decode(data, type=_SHAPES.get(event_type, object)))
    except msgspec.ValidationError:
        return Event(event_id, event_type, msgspec.json.decode(data))
    except msgspec.DecodeError:
        return None


def local_reset() -> Event:
    """Give the `reset` that the client itself makes when events may have been missed."""
    return Event("", EventType.RESET, ResetEvent(datetime.now(UTC)))
