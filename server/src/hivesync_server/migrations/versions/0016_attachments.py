"""Files attached to tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0016_attachments"
down_revision = "0015_task_comments"
branch_labels = None
depends_on = None

_UPLOADING = sa.text("state = 'uploading'")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "task_attachments",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("uploader_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content_type", sa.String(127), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("upload_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name="fk_task_attachments_task_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["uploader_id"], ["users.id"], name="fk_task_attachments_uploader_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_task_attachments"),
    )
    op.create_index("ix_task_attachments_task_id_id", "task_attachments", ["task_id", "id"])
    op.create_index("ix_task_attachments_uploader_id", "task_attachments", ["uploader_id"])
    op.create_index(
        "ix_task_attachments_uploading",
        "task_attachments",
        ["created_at"],
        sqlite_where=_UPLOADING,
        postgresql_where=_UPLOADING,
    )


def downgrade() -> None:
    """Remove it. The objects stay in the store."""
    op.drop_table("task_attachments")
