"""Comments on tasks."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0015_task_comments"
down_revision = "0014_object_deletions"
branch_labels = None
depends_on = None

_ON_TASK = sa.text("task_id IS NOT NULL")


def upgrade() -> None:
    """Let a comment name a task, with which it goes."""
    with _pairs_kept(), op.batch_alter_table("comments") as comments:
        comments.add_column(sa.Column("task_id", sa.Uuid(as_uuid=False)))
        comments.create_foreign_key("fk_comments_task_id", "tasks", ["task_id"], ["id"], ondelete="CASCADE")
    op.create_index(
        "ix_comments_task_id_id",
        "comments",
        ["task_id", "id"],
        sqlite_where=_ON_TASK,
        postgresql_where=_ON_TASK,
    )


def downgrade() -> None:
    """Remove them: the release before knows no such comments."""
    op.execute("DELETE FROM comments WHERE task_id IS NOT NULL")
    op.drop_index("ix_comments_task_id_id", "comments")
    with _pairs_kept(), op.batch_alter_table("comments") as comments:
        comments.drop_constraint("fk_comments_task_id", type_="foreignkey")
        comments.drop_column("task_id")


@contextmanager
def _pairs_kept() -> Iterator[None]:
    """Keep stars and mentions: for SQLite the table is made anew, and dropping the old one drops them."""
    if op.get_bind().dialect.name != "sqlite":
        yield
        return
    tables = ("comment_mentions", "comment_stars")
    for table in tables:
        op.execute(f"CREATE TEMPORARY TABLE kept_{table} AS SELECT * FROM {table}")  # noqa: S608
    yield
    for table in tables:
        op.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")  # noqa: S608
        op.execute(f"DROP TABLE kept_{table}")
