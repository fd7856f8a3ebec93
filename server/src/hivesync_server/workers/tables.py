"""The table of Workers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Table, UtcTime


class WorkerHeartbeatRow(Table):
    """The last heartbeat of a Worker. `sent_at` is by the Worker's clock, `received_at` by ours."""

    __tablename__ = "worker_heartbeats"

    worker_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(64))
    running: Mapped[int | None]
    queued: Mapped[int | None]
    done: Mapped[int | None]
    failed: Mapped[int | None]
    errors: Mapped[int | None]
    sent_at: Mapped[datetime] = mapped_column(UtcTime)
    received_at: Mapped[datetime] = mapped_column(UtcTime)
