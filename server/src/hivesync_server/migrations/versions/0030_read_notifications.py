"""An index of the notifications that were read, so that a list of them alone skips no others."""

import sqlalchemy as sa
from alembic import op

revision = "0030_read_notifications"
down_revision = "0029_support"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing changes for anybody."""
    read = sa.text("read_at IS NOT NULL")
    op.create_index(
        "ix_notifications_read",
        "notifications",
        ["user_id", "id"],
        sqlite_where=read,
        postgresql_where=read,
    )


def downgrade() -> None:
    """Lists are read by the index of all notifications again."""
    op.drop_index("ix_notifications_read", "notifications")
