"""Tables of previews."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime


class PreviewRow(Table):
    """A preview: one link, any number of versions."""

    __tablename__ = "previews"
    __table_args__ = (Index("ix_previews_project_id_id", "project_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    latest_version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class PreviewVersionRow(Table):
    """One build of a preview. `manifest` is the `SourceManifest`, `error` the `PreviewError` and `warnings`
    the list of `Diagnostic`, as JSON."""

    __tablename__ = "preview_versions"

    preview_id: Mapped[str] = mapped_column(
        Id, ForeignKey("previews.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32))
    platform: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    entry: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    manifest: Mapped[str] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    warnings: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcTime)
