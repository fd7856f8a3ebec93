"""Comments, whom they mention, and who likes them."""

import sqlalchemy as sa
from alembic import op

revision = "0008_comments"
down_revision = "0007_activity"
branch_labels = None
depends_on = None

_ON_FILE = sa.text("path IS NOT NULL")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "comments",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("author_id", sa.Uuid(as_uuid=False)),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("path", sa.Text()),
        sa.Column("line", sa.Integer()),
        sa.Column("commit", sa.String(64)),
        sa.Column("sha256", sa.String(64)),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True)),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_comments_project_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name="fk_comments_author_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
    )
    op.create_index("ix_comments_project_id_id", "comments", ["project_id", "id"])
    op.create_index("ix_comments_project_id_kind_id", "comments", ["project_id", "kind", "id"])
    for name, columns in (("path", ["path"]), ("line", ["path", "line"])):
        op.create_index(
            f"ix_comments_{name}",
            "comments",
            ["project_id", *columns, "id"],
            sqlite_where=_ON_FILE,
            postgresql_where=_ON_FILE,
        )
    op.create_index("ix_comments_author_id", "comments", ["author_id"])
    for table in ("comment_mentions", "comment_stars"):
        _create_pairs(table)


def _create_pairs(table: str) -> None:
    op.create_table(
        table,
        sa.Column("comment_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=f"fk_{table}_comment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=f"fk_{table}_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_user_id", table, ["user_id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("comment_stars")
    op.drop_table("comment_mentions")
    op.drop_table("comments")
