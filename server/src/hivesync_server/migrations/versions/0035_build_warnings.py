"""What a build warned of, beside why one failed."""

import sqlalchemy as sa
from alembic import op

revision = "0035_build_warnings"
down_revision = "0034_logbook"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Warnings of builds until now were told to the phone only."""
    op.add_column("preview_versions", sa.Column("warnings", sa.Text()))


def downgrade() -> None:
    """They are in the artifacts, too."""
    op.drop_column("preview_versions", "warnings")
