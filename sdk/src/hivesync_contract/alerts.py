"""Alerts: what the administrators of a server are told at once, in the app, by mail and in Slack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlertKind(StrEnum):
    """All but `test` are also the notification types that only administrators get."""

    WORKER_DOWN = "worker_down"
    QUEUE_HIGH = "queue_high"
    JOB_FAILED = "job_failed"
    SECURITY_EVENT = "security_event"
    SERVICE_DOWN = "service_down"
    TEST = "test"


class SlackState(StrEnum):
    """What became of an alert's message to Slack; `off`: there was no address to send it to."""

    OFF = "off"
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Alert:
    """One trouble. While it lasts it is told once an hour at most; `count` says how often it was seen.

    `resolved_at`: when it was over, of a trouble whose end can be seen.
    """

    id: str
    kind: AlertKind
    key: str
    text: str
    count: int
    slack: SlackState
    first_at: datetime
    told_at: datetime
    last_at: datetime
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Where alerts go, beside administrators' notifications. Slack's address is a secret and not shown."""

    slack: bool
    emails: list[str]
    kinds: list[AlertKind]


@dataclass(frozen=True, slots=True)
class AlertSettingsPatch:
    """What to change; null stays. An empty `slack_url` ends messages to Slack."""

    slack_url: str | None = None
    emails: list[str] | None = None
    kinds: list[AlertKind] | None = None
