"""Tables of activity."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime


class ActivityRow(Table):
    """One thing that was done. Actor and subject are no foreign keys: the entry stays when they go."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_project_id_id", "project_id", "id"),
        Index("ix_activity_project_id_subject_id_id", "project_id", "subject_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id", ondelete="CASCADE"))
    actor_id: Mapped[str | None] = mapped_column(Id)
    verb: Mapped[str] = mapped_column(String(16))
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(Id)
    data: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
