"""Tables of jobs and of what waits to be delivered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime
from hivesync_server.background.leases import Leased


class JobRow(Table):
    """A job. `state`: queued (its delivery waits in the outbox), sent, succeeded or failed."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state_deadline", "state", "deadline_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    preview_id: Mapped[str] = mapped_column(Id, ForeignKey("previews.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    tier: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    deadline_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    logs_key: Mapped[str | None] = mapped_column(String(512))


class OutboxRow(Leased, Table):
    """A delivery that waits. `id` is the `webhook-id`; a row is gone once the Worker has taken it."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    job_id: Mapped[str] = mapped_column(Id, ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    attempt: Mapped[int]
    priority: Mapped[int]
