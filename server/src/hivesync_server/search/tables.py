"""The table of what can be found. It follows the rows that it is about; see `upkeep`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Dialect, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from hivesync_server.adapters.tables import Id, Table, UtcTime

_OF_TASK = text("task_id IS NOT NULL")
_OF_COMMENT = text("comment_id IS NOT NULL")

WORDS = "words"
"""Postgres's own form of `terms`, and its index. The metadata does not know them, nor what follows."""

UNKNOWN_COLUMNS = frozenset({("search_documents", WORDS)})
UNKNOWN_INDEXES = frozenset({"ix_search_documents_words", "ix_tasks_text", "ix_users_text"})

WORDS_TABLE = "search_words"
"""SQLite's full-text index; it keeps tables of its own, whose names begin with this one."""


class Terms(TypeDecorator[list[str]]):
    """Words, none of which holds a space."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:
        """Write them with spaces between."""
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str] | None:
        """Read them."""
        return None if value is None else value.split()


class SearchDocumentRow(Table):
    """What can be found of one project, task or comment, and goes with it.

    `subject_id` is the id of what it is about. `terms` also name its project, so that one index answers what
    was asked and who asks; `number` is what SQLite's full-text index knows a row by.
    """

    __tablename__ = "search_documents"
    __table_args__ = (
        Index("ix_search_documents_project_id_subject_id", "project_id", "subject_id", unique=True),
        Index("ix_search_documents_task_id", "task_id", sqlite_where=_OF_TASK, postgresql_where=_OF_TASK),
        Index(
            "ix_search_documents_comment_id",
            "comment_id",
            sqlite_where=_OF_COMMENT,
            postgresql_where=_OF_COMMENT,
        ),
    )

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(Id)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id", ondelete="CASCADE"))
    task_id: Mapped[str | None] = mapped_column(Id, ForeignKey("tasks.id", ondelete="CASCADE"))
    comment_id: Mapped[str | None] = mapped_column(Id, ForeignKey("comments.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    terms: Mapped[list[str]] = mapped_column(Terms)
