"""What Workers tell about themselves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Body of `POST /workers/heartbeat`, about once a minute; its `webhook-id` begins with
    `heartbeat.{worker_id}.`.

    `running` and `queued` are jobs at this moment, the others count since the last heartbeat; null is what
    the Worker does not know.
    """

    worker_id: str
    version: str
    running: int | None = None
    queued: int | None = None
    done: int | None = None
    failed: int | None = None
    errors: int | None = None


@dataclass(frozen=True, slots=True)
class HeartbeatTaken:
    """Answer to a heartbeat. `applied` is false for one that is no newer than the last."""

    applied: bool
