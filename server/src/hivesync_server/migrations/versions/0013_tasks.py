"""Tasks, their labels and dependencies."""

import sqlalchemy as sa
from alembic import op

revision = "0013_tasks"
down_revision = "0012_api_keys"
branch_labels = None
depends_on = None

_DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    """Make the tables."""
    _tasks()
    _labels()
    op.create_table(
        "task_dependencies",
        _id("task_id"),
        _id("depends_on_id"),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name="fk_task_dependencies_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["depends_on_id"], ["tasks.id"], name="fk_task_dependencies_depends_on_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "depends_on_id", name="pk_task_dependencies"),
    )
    op.create_index("ix_task_dependencies_depends_on_id", "task_dependencies", ["depends_on_id"])


def downgrade() -> None:
    """Remove them."""
    for table in ("task_dependencies", "task_labels", "labels", "tasks"):
        op.drop_table(table)


def _tasks() -> None:
    op.create_table(
        "tasks",
        _id("id"),
        _id("project_id"),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        _id("creator_id", nullable=True),
        _id("assignee_id", nullable=True),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        _time("due_at", nullable=True),
        _time("created_at"),
        _time("updated_at"),
        _time("completed_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_tasks_project_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["users.id"], name="fk_tasks_creator_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["users.id"], name="fk_tasks_assignee_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.UniqueConstraint("id", "rank", name="uq_tasks_id_rank"),
    )
    for name, columns in (
        ("creator_id", ["creator_id"]),
        ("assignee_id", ["assignee_id"]),
        ("project_id_rank", ["project_id", "rank", "id"]),
        ("project_id_status_rank", ["project_id", "status", "rank", "id"]),
        ("project_id_assignee_id_rank", ["project_id", "assignee_id", "rank", "id"]),
    ):
        op.create_index(f"ix_tasks_{name}", "tasks", columns)
    op.create_index(
        "ix_tasks_project_id_due_at",
        "tasks",
        ["project_id", "due_at", "id"],
        sqlite_where=_DUE,
        postgresql_where=_DUE,
    )


def _labels() -> None:
    op.create_table(
        "labels",
        _id("id"),
        _id("project_id"),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("name_key", sa.String(150), nullable=False),
        sa.Column("color", sa.String(7), nullable=False),
        _time("created_at"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_labels_project_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
        sa.UniqueConstraint("project_id", "name_key", name="uq_labels_project_id_name_key"),
    )
    op.create_index("ix_labels_project_id_id", "labels", ["project_id", "id"])
    op.create_table(
        "task_labels",
        _id("task_id"),
        _id("label_id"),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id", "rank"],
            ["tasks.id", "tasks.rank"],
            name="fk_task_labels_task_id_rank",
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["label_id"], ["labels.id"], name="fk_task_labels_label_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "label_id", name="pk_task_labels"),
    )
    op.create_index("ix_task_labels_label_id_rank", "task_labels", ["label_id", "rank", "task_id"])


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Uuid(as_uuid=False), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
