"""Accounts that were disabled, and lists of the newest for the administrators."""

import sqlalchemy as sa
from alembic import op

revision = "0028_admin"
down_revision = "0027_exports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is disabled."""
    op.add_column("users", sa.Column("disabled_at", sa.DateTime(timezone=True)))
    op.create_index("ix_audit_log_action_id", "audit_log", ["action", "id"])


def downgrade() -> None:
    """Everybody can sign in again."""
    op.drop_index("ix_audit_log_action_id", "audit_log")
    # Not by a batch: on SQLite that drops the table, and with it what refers to its rows.
    op.drop_column("users", "disabled_at")
