"""Where in a stored pack a source file lies."""

import sqlalchemy as sa
from alembic import op

revision = "0004_packs"
down_revision = "0003_background"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; files stored until now have objects of their own."""
    op.add_column("project_sources", sa.Column("pack_sha256", sa.String(length=64), nullable=True))
    op.add_column("project_sources", sa.Column("pack_offset", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Remove them, and forget what lies in packs only: clients upload that anew."""
    op.execute("DELETE FROM project_sources WHERE pack_sha256 IS NOT NULL")
    op.drop_column("project_sources", "pack_offset")
    op.drop_column("project_sources", "pack_sha256")
