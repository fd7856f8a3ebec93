"""Who cleans up a project's sources, and until when: the object store is asked outside of any transaction."""

import sqlalchemy as sa
from alembic import op

revision = "0036_source_sweeps"
down_revision = "0035_build_warnings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is at it now."""
    op.add_column("projects", sa.Column("sweep_lease", sa.Uuid(as_uuid=False)))
    op.add_column("projects", sa.Column("swept_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Whoever is at it is a server of the version that is left."""
    op.drop_column("projects", "swept_until")
    op.drop_column("projects", "sweep_lease")
