"""The trace in which a job was accepted, which its deliveries go on with."""

import sqlalchemy as sa
from alembic import op

revision = "0032_traces_of_jobs"
down_revision = "0031_alerts_over"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Jobs that wait are part of no trace."""
    op.add_column("jobs", sa.Column("traceparent", sa.String(55)))


def downgrade() -> None:
    """Deliveries begin traces of their own, if any."""
    op.drop_column("jobs", "traceparent")
