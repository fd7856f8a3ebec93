"""Tags of projects."""

import sqlalchemy as sa
from alembic import op

revision = "0026_project_tags"
down_revision = "0025_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "project_tags",
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name_key", sa.String(150), nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_project_tags_project_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "name_key", name="pk_project_tags"),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("project_tags")
