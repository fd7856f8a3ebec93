"""Guesses at passwords, kept until it is decided whether somebody is told of them."""

import sqlalchemy as sa
from alembic import op
from hivesync_server.adapters.tables import UtcTime

revision = "0037_alert_rings"
down_revision = "0036_source_sweeps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What rang until now lies in the memory of servers that are stopped."""
    op.create_table(
        "alert_rings",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rung_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_rings"),
    )


def downgrade() -> None:
    """What is not told yet is forgotten; who guesses comes again."""
    op.drop_table("alert_rings")
