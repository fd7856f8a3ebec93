"""Mails in HTML, that end, and the deliveries of those that wait to be sent."""

import sqlalchemy as sa
from alembic import op

revision = "0017_mails"
down_revision = "0016_attachments"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Extend the table. A mail from before is of use no more, so that none of them is sent late."""
    with op.batch_alter_table("mails") as mails:
        mails.add_column(sa.Column("kind", sa.String(32), nullable=False, server_default="plain"))
        mails.add_column(sa.Column("html", sa.Text(), nullable=False, server_default=""))
        mails.add_column(sa.Column("unsubscribe_url", sa.Text(), nullable=False, server_default=""))
        mails.add_column(sa.Column("expires_at", _TIME))
        mails.add_column(sa.Column("failed_at", _TIME))
        mails.add_column(sa.Column("failure", sa.Text()))
        mails.add_column(sa.Column("provider_id", sa.String(128)))
    op.execute("UPDATE mails SET expires_at = created_at")
    with op.batch_alter_table("mails") as mails:
        mails.alter_column("expires_at", existing_type=_TIME, nullable=False)
    op.create_index("ix_mails_created_at", "mails", ["created_at"])
    op.create_index("ix_mails_failed_at", "mails", ["failed_at"])
    op.create_index("ix_mails_sent_at", "mails", ["sent_at"])
    op.create_table(
        "mail_deliveries",
        sa.Column("mail_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("unsure_since", _TIME),
        sa.Column("problem", sa.Text()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("available_at", _TIME, nullable=False),
        sa.Column("leased_until", _TIME),
        sa.Column("lease", sa.Uuid(as_uuid=False)),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mails.id"], name="fk_mail_deliveries_mail_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mail_id", name="pk_mail_deliveries"),
    )
    op.create_index("ix_mail_deliveries_available_at", "mail_deliveries", ["available_at"])


def downgrade() -> None:
    """Remove what was added: what waited is not sent any more, and only its text stays."""
    op.drop_table("mail_deliveries")
    for name in ("sent_at", "failed_at", "created_at"):
        op.drop_index(f"ix_mails_{name}", "mails")
    with op.batch_alter_table("mails") as mails:
        for name in ("provider_id", "failure", "failed_at", "expires_at", "unsubscribe_url", "html", "kind"):
            mails.drop_column(name)
