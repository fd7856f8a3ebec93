"""Alerts to the administrators, and where they go."""

import sqlalchemy as sa
from alembic import op

revision = "0024_alerts"
down_revision = "0023_devices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "alert_settings",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("slack_url", sa.Text()),
        sa.Column("emails", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_settings"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("slack", sa.String(16), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("kind", "key", name="uq_alerts_kind_key"),
    )
    op.create_index("ix_alerts_last_at", "alerts", ["last_at"])
    op.create_table(
        "alert_messages",
        sa.Column("alert_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("lease", sa.Uuid(as_uuid=False)),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name="fk_alert_messages_alert_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_id", name="pk_alert_messages"),
    )
    op.create_index("ix_alert_messages_available_at", "alert_messages", ["available_at"])


def downgrade() -> None:
    """Remove them: alerts reach nobody but by notification, and what waited for Slack is lost."""
    op.drop_table("alert_messages")
    op.drop_table("alerts")
    op.drop_table("alert_settings")
