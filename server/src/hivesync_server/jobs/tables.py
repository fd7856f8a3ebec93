"""Tables of jobs and of what waits to be delivered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime
from hivesync_server.background.leases import Leased

OPEN_STATES = frozenset({"queued", "sent"})


class JobRow(Table):
    """A job. `state`: queued (its delivery waits in the outbox), sent, succeeded, failed or cancelled.

    `subject_id` is what the work is for, such as a preview; `version` counts its versions where it has any.
    The job outlives its subject, so that a late report meets a job that has ended.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state_deadline", "state", "deadline_at"),
        Index("ix_jobs_user_id_kind_state", "user_id", "kind", "state"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    subject_id: Mapped[str] = mapped_column(Id, index=True)
    version: Mapped[int]
    tier: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    deadline_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
    error_code: Mapped[str | None] = mapped_column(String(40))
    logs_key: Mapped[str | None] = mapped_column(String(512))
    traceparent: Mapped[str | None] = mapped_column(String(55))
    """The trace in which it was accepted, for its deliveries; none where requests are not traced."""


class OutboxRow(Leased, Table):
    """A delivery that waits. `id` is the `webhook-id`; a row is gone once the Worker has taken it."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    job_id: Mapped[str] = mapped_column(Id, ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    attempt: Mapped[int]
    priority: Mapped[int]
