"""The table of attachments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime

_UPLOADING = text("state = 'uploading'")


class AttachmentRow(Table):
    """A file of a task, or one on its way (`state`: an `AttachmentState`; `upload_id`: sent in parts).

    Without `task_id` its task is gone, however that came about: with the project, or with the account that
    owned it. Such a row is what is left to find the object by; see `collector`.
    """

    __tablename__ = "task_attachments"
    __table_args__ = (
        Index("ix_task_attachments_task_id_id", "task_id", "id"),
        Index(
            "ix_task_attachments_uploading",
            "created_at",
            sqlite_where=_UPLOADING,
            postgresql_where=_UPLOADING,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    task_id: Mapped[str | None] = mapped_column(Id, ForeignKey("tasks.id", ondelete="SET NULL"))
    uploader_id: Mapped[str | None] = mapped_column(
        Id, ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    content_type: Mapped[str] = mapped_column(String(127))
    state: Mapped[str] = mapped_column(String(16))
    upload_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcTime)
