"""When a trouble was over that administrators were told of, and when it was last seen."""

import sqlalchemy as sa
from alembic import op

revision = "0031_alerts_over"
down_revision = "0030_read_notifications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what was told so far nobody knows."""
    op.add_column("alerts", sa.Column("resolved_at", sa.DateTime(timezone=True)))
    op.add_column("incidents", sa.Column("seen_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Alerts have no end."""
    op.drop_column("incidents", "seen_at")
    op.drop_column("alerts", "resolved_at")
