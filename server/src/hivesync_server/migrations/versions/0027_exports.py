"""Exports of users' data."""

import sqlalchemy as sa
from alembic import op

revision = "0027_exports"
down_revision = "0026_project_tags"
branch_labels = None
depends_on = None

_ID, _TIME = sa.Uuid(as_uuid=False), sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "exports",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("ready_at", _TIME),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_exports_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
    )
    op.create_index("ix_exports_user_id", "exports", ["user_id"])
    op.create_index("ix_exports_expires_at", "exports", ["expires_at"])
    op.create_table(
        "export_jobs",
        sa.Column("export_id", _ID, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("available_at", _TIME, nullable=False),
        sa.Column("leased_until", _TIME),
        sa.Column("lease", _ID),
        sa.ForeignKeyConstraint(
            ["export_id"], ["exports.id"], name="fk_export_jobs_export_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("export_id", name="pk_export_jobs"),
    )
    op.create_index("ix_export_jobs_available_at", "export_jobs", ["available_at"])


def downgrade() -> None:
    """Remove them. Exports that were made stay in the object store for good."""
    op.drop_table("export_jobs")
    op.drop_table("exports")
