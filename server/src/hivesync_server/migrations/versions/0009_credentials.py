"""Tokens that are mailed, names that seem taken, and what users say about themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0009_credentials"
down_revision = "0008_comments"
branch_labels = None
depends_on = None

_UNCONFIRMED = sa.text("NOT email_verified")


def upgrade() -> None:
    """Make the tables and columns."""
    op.add_column("users", sa.Column("display_name", sa.String(80), nullable=False, server_default=""))
    op.add_column("users", sa.Column("locale", sa.String(35), nullable=False, server_default="en"))
    op.add_column("users", sa.Column("timezone", sa.String(64), nullable=False, server_default="UTC"))
    op.create_index(
        "ix_users_unconfirmed",
        "users",
        ["created_at"],
        sqlite_where=_UNCONFIRMED,
        postgresql_where=_UNCONFIRMED,
    )
    op.create_index("ix_web_sessions_user_id", "web_sessions", ["user_id"])
    op.create_index("ix_device_codes_user_id", "device_codes", ["user_id"])
    op.create_table(
        "reserved_names",
        sa.Column("username", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("username", name="pk_reserved_names"),
    )
    op.create_index("ix_reserved_names_expires_at", "reserved_names", ["expires_at"])
    op.create_table(
        "mailed_tokens",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False)),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_mailed_tokens_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_mailed_tokens"),
    )
    op.create_index("ix_mailed_tokens_user_id", "mailed_tokens", ["user_id"])
    op.create_index("ix_mailed_tokens_expires_at", "mailed_tokens", ["expires_at"])


def downgrade() -> None:
    """Remove them; links that wait in mailboxes work no more."""
    op.drop_table("mailed_tokens")
    op.drop_table("reserved_names")
    op.drop_index("ix_device_codes_user_id", "device_codes")
    op.drop_index("ix_web_sessions_user_id", "web_sessions")
    op.drop_index("ix_users_unconfirmed", "users")
    for name in ("timezone", "locale", "display_name"):
        op.drop_column("users", name)
