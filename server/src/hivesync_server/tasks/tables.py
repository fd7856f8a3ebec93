"""Tables of tasks and labels.

Of one project, one request at a time changes these: each locks the project's row first.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime

_DUE = text("due_at IS NOT NULL")


class TaskRow(Table):
    """A task. `rank` orders a project's tasks; see `ordering`. Each kind of list has its index."""

    __tablename__ = "tasks"
    __table_args__ = (
        # What lets `task_labels` have the rank too.
        UniqueConstraint("id", "rank", name="uq_tasks_id_rank"),
        Index("ix_tasks_project_id_rank", "project_id", "rank", "id"),
        Index("ix_tasks_project_id_status_rank", "project_id", "status", "rank", "id"),
        Index("ix_tasks_project_id_assignee_id_rank", "project_id", "assignee_id", "rank", "id"),
        Index(
            "ix_tasks_project_id_due_at",
            "project_id",
            "due_at",
            "id",
            sqlite_where=_DUE,
            postgresql_where=_DUE,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    creator_id: Mapped[str | None] = mapped_column(
        Id, ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    assignee_id: Mapped[str | None] = mapped_column(
        Id, ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    rank: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcTime)


class LabelRow(Table):
    """A label. `name_key` is the name without its case."""

    __tablename__ = "labels"
    __table_args__ = (
        UniqueConstraint("project_id", "name_key", name="uq_labels_project_id_name_key"),
        Index("ix_labels_project_id_id", "project_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(50))
    name_key: Mapped[str] = mapped_column(String(150))
    color: Mapped[str] = mapped_column(String(7))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class TaskLabelRow(Table):
    """A task has a label. `rank` is the task's, kept so by the database: a label's tasks come sorted."""

    __tablename__ = "task_labels"
    __table_args__ = (
        ForeignKeyConstraint(
            ["task_id", "rank"],
            ["tasks.id", "tasks.rank"],
            name="fk_task_labels_task_id_rank",
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        Index("ix_task_labels_label_id_rank", "label_id", "rank", "task_id"),
    )

    task_id: Mapped[str] = mapped_column(Id, primary_key=True)
    label_id: Mapped[str] = mapped_column(Id, ForeignKey("labels.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int] = mapped_column(BigInteger)


class TaskDependencyRow(Table):
    """A task can't be done before another one is."""

    __tablename__ = "task_dependencies"

    task_id: Mapped[str] = mapped_column(Id, ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True)
    depends_on_id: Mapped[str] = mapped_column(
        Id, ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True, index=True
    )
