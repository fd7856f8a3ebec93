"""Projects, their stored sources, previews."""

import sqlalchemy as sa
from alembic import op
from hivesync_server.adapters.tables import UtcTime

revision = "0002_previews"
down_revision = "0001_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _create_projects()
    _create_project_sources()
    _create_previews()
    _create_preview_versions()


def downgrade() -> None:
    """Remove them; stored objects stay where they are."""
    for table in ("preview_versions", "previews", "project_sources", "projects"):
        op.drop_table(table)


def _create_projects() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("owner_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_projects_owner_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
    )
    op.create_index("ix_projects_owner_id", "projects", ["owner_id"])


def _create_project_sources() -> None:
    op.create_table(
        "project_sources",
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_project_sources_project_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "sha256", name="pk_project_sources"),
    )


def _create_previews() -> None:
    op.create_table(
        "previews",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("latest_version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_previews_project_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_previews_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_previews"),
    )
    op.create_index("ix_previews_expires_at", "previews", ["expires_at"])
    op.create_index("ix_previews_project_id", "previews", ["project_id"])
    op.create_index("ix_previews_user_id", "previews", ["user_id"])


def _create_preview_versions() -> None:
    op.create_table(
        "preview_versions",
        sa.Column("preview_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("ready_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["preview_id"], ["previews.id"], name="fk_preview_versions_preview_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("preview_id", "version", name="pk_preview_versions"),
    )
