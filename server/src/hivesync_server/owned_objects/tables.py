"""Table of objects and whose they are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime


class OwnedObjectRow(Table):
    """An object, or with a slash at its end a folder, of one owner, who can do without it from `due_at` on.

    Who deletes a preview, a project or an account has not to think of objects: the database empties the
    owner in the same transaction, and that alone is what the collector looks for.
    """

    __tablename__ = "owned_objects"
    __table_args__ = (
        Index("ix_owned_objects_orphans", "preview_id", "ai_docs_id", "project_id"),
        Index("ix_owned_objects_ai_docs_id", "ai_docs_id"),
        Index("ix_owned_objects_project_id", "project_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    bucket: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(512))
    preview_id: Mapped[str | None] = mapped_column(Id, ForeignKey("previews.id", ondelete="SET NULL"))
    ai_docs_id: Mapped[str | None] = mapped_column(Id, ForeignKey("ai_docs.id", ondelete="SET NULL"))
    project_id: Mapped[str | None] = mapped_column(Id, ForeignKey("projects.id", ondelete="SET NULL"))
    due_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
