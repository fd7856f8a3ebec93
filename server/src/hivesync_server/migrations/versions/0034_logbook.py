"""The logbook, and the list of webhook deliveries that failed."""

import sqlalchemy as sa
from alembic import op

revision = "0034_logbook"
down_revision = "0033_text_indexes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was logged so far is in the processes' own logs only."""
    op.create_table(
        "logbook",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("logger", sa.String(200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(200), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_logbook_at", "logbook", ["at"])
    op.create_index("ix_logbook_level_id", "logbook", ["level", "id"])
    failed = sa.text("state = 'failed'")
    op.create_index(
        "ix_webhook_deliveries_failed",
        "webhook_deliveries",
        ["id"],
        sqlite_where=failed,
        postgresql_where=failed,
    )


def downgrade() -> None:
    """Logs are in the processes' own logs only again."""
    op.drop_index("ix_webhook_deliveries_failed", "webhook_deliveries")
    op.drop_table("logbook")
