"""Tables of comments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime

_ON_FILE = text("path IS NOT NULL")
_ON_TASK = text("task_id IS NOT NULL")


class CommentRow(Table):
    """A comment. `line`, `commit` and `sha256` are set with a `path` only; a deleted one has no body.

    Those on a task go with it.
    """

    __tablename__ = "comments"
    __table_args__ = (
        Index("ix_comments_project_id_id", "project_id", "id"),
        Index("ix_comments_project_id_kind_id", "project_id", "kind", "id"),
        Index(
            "ix_comments_path", "project_id", "path", "id", sqlite_where=_ON_FILE, postgresql_where=_ON_FILE
        ),
        Index("ix_comments_task_id_id", "task_id", "id", sqlite_where=_ON_TASK, postgresql_where=_ON_TASK),
        Index(
            "ix_comments_line",
            "project_id",
            "path",
            "line",
            "id",
            sqlite_where=_ON_FILE,
            postgresql_where=_ON_FILE,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id", ondelete="CASCADE"))
    author_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    task_id: Mapped[str | None] = mapped_column(Id, ForeignKey("tasks.id", ondelete="CASCADE"))
    path: Mapped[str | None] = mapped_column(Text)
    line: Mapped[int | None]
    commit: Mapped[str | None] = mapped_column(String(64))
    sha256: Mapped[str | None] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime)


class CommentMentionRow(Table):
    """This member was told of being mentioned, and is not told again when the comment is edited."""

    __tablename__ = "comment_mentions"

    comment_id: Mapped[str] = mapped_column(
        Id, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(
        Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class CommentStarRow(Table):
    """A user likes this comment."""

    __tablename__ = "comment_stars"

    comment_id: Mapped[str] = mapped_column(
        Id, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(
        Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
