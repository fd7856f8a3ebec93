"""Indexes by which Postgres finds tasks and accounts by any part of a text, with one look each."""

from alembic import op

revision = "0033_text_indexes"
down_revision = "0032_traces_of_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing changes for anybody."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.drop_index("ix_tasks_text", "tasks")
    for table, texts in (("tasks", "title || '\n' || description"), ("users", "username || '\n' || email")):
        # Without a list of pending entries, which every search would have to go through.
        op.execute(
            f"CREATE INDEX ix_{table}_text ON {table} "
            f"USING gin (({texts}) gin_trgm_ops) WITH (fastupdate = off)"
        )


def downgrade() -> None:
    """All accounts are read again to find one."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in ("tasks", "users"):
        op.drop_index(f"ix_{table}_text", table)
    op.execute("CREATE INDEX ix_tasks_text ON tasks USING gin (title gin_trgm_ops, description gin_trgm_ops)")
