"""Second factors and their recovery codes."""

import sqlalchemy as sa
from alembic import op

revision = "0018_totp"
down_revision = "0017_mails"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "totp",
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_totp_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_totp"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_recovery_codes_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name="pk_recovery_codes"),
    )
    op.add_column(
        "web_sessions",
        sa.Column("awaits_code", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Remove them: every account is open to its password alone. Browsers that wait for a code must not be."""
    op.execute("DELETE FROM web_sessions WHERE awaits_code")
    op.drop_column("web_sessions", "awaits_code")
    op.drop_table("recovery_codes")
    op.drop_table("totp")
