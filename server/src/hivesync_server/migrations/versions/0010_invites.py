"""Invites to projects; teams listed by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0010_invites"
down_revision = "0009_credentials"
branch_labels = None
depends_on = None

_PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    """Make the table; let the index of members give them in order."""
    op.create_table(
        "project_invites",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("login", sa.String(254), nullable=False),
        sa.Column("inviter_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_project_invites_project_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_project_invites"),
    )
    op.create_index("ix_project_invites_project_id_id", "project_invites", ["project_id", "id"])
    op.create_index("ix_project_invites_login_id", "project_invites", ["login", "id"])
    op.create_index("ix_project_invites_expires_at", "project_invites", ["expires_at"])
    op.create_index(
        "uq_project_invites_pending",
        "project_invites",
        ["project_id", "login"],
        unique=True,
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
    op.create_index("ix_project_members_project_id_user_id", "project_members", ["project_id", "user_id"])
    op.drop_index("ix_project_members_project_id", "project_members")


def downgrade() -> None:
    """Remove the table, and take the former index."""
    op.create_index("ix_project_members_project_id", "project_members", ["project_id"])
    op.drop_index("ix_project_members_project_id_user_id", "project_members")
    op.drop_table("project_invites")
