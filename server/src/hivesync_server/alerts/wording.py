"""How alerts read: the same words in the app, in a mail and in Slack, and where to look into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.alerts import AlertKind

_TITLES = {
    AlertKind.WORKER_DOWN: "Worker down",
    AlertKind.QUEUE_HIGH: "Queue high",
    AlertKind.JOB_FAILED: "Jobs failed",
    AlertKind.SECURITY_EVENT: "Security event",
    AlertKind.SERVICE_DOWN: "Service down",
    AlertKind.TEST: "Test alert",
}
_MARKS = {
    AlertKind.WORKER_DOWN: ":red_circle:",
    AlertKind.QUEUE_HIGH: ":warning:",
    AlertKind.JOB_FAILED: ":warning:",
    AlertKind.SECURITY_EVENT: ":lock:",
    AlertKind.SERVICE_DOWN: ":red_circle:",
    AlertKind.TEST: ":bell:",
}
_PLACES = {
    AlertKind.WORKER_DOWN: ("/admin/workers", "See the Workers"),
    AlertKind.QUEUE_HIGH: ("/admin", "See the queues"),
    AlertKind.JOB_FAILED: ("/admin/jobs?state=failed", "See the failed jobs"),
    AlertKind.SECURITY_EVENT: ("/admin/audit", "See the audit log"),
    AlertKind.SERVICE_DOWN: ("/admin/alerts", "See all alerts"),
    AlertKind.TEST: ("/admin/alerts", "See all alerts"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """An alert for people. `lasted`: how long the trouble was there, once it is over."""

    kind: AlertKind
    text: str
    base_url: str
    since: datetime
    lasted: str = ""

    @property
    def title(self) -> str:
        return f"Over: {_TITLES[self.kind]}" if self.lasted else _TITLES[self.kind]

    @property
    def mark(self) -> str:
        """Give an emoji by its name in Slack."""
        return ":white_check_mark:" if self.lasted else _MARKS[self.kind]

    @property
    def link(self) -> str:
        return self.base_url + _PLACES[self.kind][0]

    @property
    def link_label(self) -> str:
        return _PLACES[self.kind][1]

    @property
    def line(self) -> str:
        """Give it as one line."""
        return f"Over after {self.lasted}: {self.text}" if self.lasted else self.text


def words_of(
    kind: AlertKind, text: str, base_url: str, since: datetime, resolved_at: datetime | None = None
) -> Words:
    """Word an alert that is there since then, or was."""
    lasted = _span((resolved_at - since).total_seconds()) if resolved_at else ""
    return Words(kind, text, base_url, since, lasted)


def _span(seconds: float) -> str:
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"
