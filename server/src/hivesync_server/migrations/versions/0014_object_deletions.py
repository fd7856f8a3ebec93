"""Objects to delete."""

import sqlalchemy as sa
from alembic import op

revision = "0014_object_deletions"
down_revision = "0013_tasks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "object_deletions",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("bucket", sa.String(16), nullable=False),
        sa.Column("key", sa.String(512), nullable=False),
        sa.Column("upload_id", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.Uuid(as_uuid=False), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_object_deletions"),
    )
    op.create_index("ix_object_deletions_available_at", "object_deletions", ["available_at"])


def downgrade() -> None:
    """Remove it. Objects that still waited stay in the store for good."""
    op.drop_table("object_deletions")
