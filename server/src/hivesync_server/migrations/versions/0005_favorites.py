"""Which projects a user likes to have at hand."""

import sqlalchemy as sa
from alembic import op

revision = "0005_favorites"
down_revision = "0004_packs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "project_favorites",
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_project_favorites_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_project_favorites_project_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "project_id", name="pk_project_favorites"),
    )
    op.create_index("ix_project_favorites_project_id", "project_favorites", ["project_id"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("project_favorites")
