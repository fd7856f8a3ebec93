"""Where sessions were opened from."""

import sqlalchemy as sa
from alembic import op

revision = "0011_networks"
down_revision = "0010_invites"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of older sessions it is not known."""
    op.add_column("sessions", sa.Column("network", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("sessions", "network")
