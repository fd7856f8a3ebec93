"""Questions of users, and the support bundles that they upload."""

import sqlalchemy as sa
from alembic import op

revision = "0029_support"
down_revision = "0028_admin"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "support_questions",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.String(64), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_support_questions_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_support_questions"),
    )
    op.create_index("ix_support_questions_created_at", "support_questions", ["created_at"])
    op.create_index(
        "ix_support_questions_user_id_escalated_at", "support_questions", ["user_id", "escalated_at"]
    )
    op.create_table(
        "support_bundles",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_support_bundles_user_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_support_bundles"),
    )
    op.create_index("ix_support_bundles_expires_at", "support_bundles", ["expires_at"])
    op.create_index("ix_support_bundles_user_id", "support_bundles", ["user_id"])


def downgrade() -> None:
    """Remove them. Uploaded bundles stay in the object store."""
    op.drop_table("support_bundles")
    op.drop_table("support_questions")
