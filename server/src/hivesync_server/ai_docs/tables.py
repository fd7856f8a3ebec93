"""Table of requests for AI documentation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime


class AiDocsRow(Table):
    """One request and what became of it. `fingerprint` is equal where the same answer would do.

    `request` is the `AiDocsRequest` as JSON: the user's source, which goes once it has been answered.
    `result` and `error` are the contract's shapes as JSON. `reusable`: a later request may be given this
    result.
    """

    __tablename__ = "ai_docs"
    __table_args__ = (
        Index("ix_ai_docs_project_id_id", "project_id", "id"),
        Index("ix_ai_docs_project_id_fingerprint", "project_id", "fingerprint"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    path: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    line_start: Mapped[int | None]
    line_end: Mapped[int | None]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    state: Mapped[str] = mapped_column(String(16))
    reusable: Mapped[bool]
    request: Mapped[str | None] = mapped_column(Text, deferred=True)
    result: Mapped[str | None] = mapped_column(Text, deferred=True)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
