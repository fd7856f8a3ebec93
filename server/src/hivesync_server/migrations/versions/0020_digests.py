"""Digests of notifications."""

import sqlalchemy as sa
from alembic import op

revision = "0020_digests"
down_revision = "0019_pipeline"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "notification_digests",
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_notification_digests_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_notification_digests"),
    )
    op.create_index("ix_notification_digests_next_at", "notification_digests", ["next_at"])


def downgrade() -> None:
    """Remove it: each notification is mailed by itself again."""
    op.drop_table("notification_digests")
