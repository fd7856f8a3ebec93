"""Objects with their owners, when sources were used last, Workers' heartbeats and incidents."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from hivesync_server.adapters.tables import UtcTime

revision = "0022_owned_objects"
down_revision = "0021_webhooks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and columns; what previews and projects have stored until now gets its owners."""
    op.add_column("project_sources", sa.Column("used_at", UtcTime(), nullable=True))
    op.add_column("project_sources", sa.Column("marked_at", UtcTime(), nullable=True))
    op.create_index("ix_project_sources_used_at", "project_sources", ["used_at"])
    op.create_index(
        "ix_project_sources_project_id_pack_sha256", "project_sources", ["project_id", "pack_sha256"]
    )
    sources = sa.table("project_sources", sa.column("used_at", UtcTime()))
    op.execute(sources.update().values(used_at=datetime.now(UTC)))
    op.drop_column("ai_docs", "result_key")
    _create_owned_objects()
    op.create_table(
        "worker_heartbeats",
        sa.Column("worker_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("running", sa.Integer(), nullable=True),
        sa.Column("queued", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=True),
        sa.Column("failed", sa.Integer(), nullable=True),
        sa.Column("errors", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name="pk_worker_heartbeats"),
    )
    op.create_table(
        "incidents",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", name="pk_incidents"),
    )


def downgrade() -> None:
    """Remove them: objects then stay in the store for good, as they did before."""
    op.drop_table("incidents")
    op.drop_table("worker_heartbeats")
    op.drop_table("owned_objects")
    op.add_column("ai_docs", sa.Column("result_key", sa.String(length=512), nullable=True))
    op.drop_index("ix_project_sources_project_id_pack_sha256", "project_sources")
    op.drop_index("ix_project_sources_used_at", "project_sources")
    op.drop_column("project_sources", "marked_at")
    op.drop_column("project_sources", "used_at")


def _create_owned_objects() -> None:
    owners = (("preview_id", "previews"), ("ai_docs_id", "ai_docs"), ("project_id", "projects"))
    objects = op.create_table(
        "owned_objects",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("bucket", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=512), nullable=False),
        *(sa.Column(name, sa.Uuid(as_uuid=False), nullable=True) for name, _ in owners),
        sa.Column("due_at", UtcTime(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [name], [f"{table}.id"], name=f"fk_owned_objects_{name}", ondelete="SET NULL"
            )
            for name, table in owners
        ),
        sa.PrimaryKeyConstraint("id", name="pk_owned_objects"),
    )
    op.create_index("ix_owned_objects_orphans", "owned_objects", ["preview_id", "ai_docs_id", "project_id"])
    for column in ("ai_docs_id", "due_at", "project_id"):
        op.create_index(f"ix_owned_objects_{column}", "owned_objects", [column])
    identity, ends = sa.column("id", sa.Uuid(as_uuid=False)), sa.column("expires_at", UtcTime())
    previews = op.get_bind().execute(sa.select(identity, ends).select_from(sa.table("previews"))).all()
    projects = op.get_bind().execute(sa.select(identity).select_from(sa.table("projects"))).all()
    common = {
        "bucket": "previews",
        "preview_id": None,
        "ai_docs_id": None,
        "project_id": None,
        "due_at": None,
    }
    rows = [
        common | {"id": row.id, "key": f"previews/{row.id}/", "preview_id": row.id, "due_at": row.expires_at}
        for row in previews
    ]
    rows += [common | {"id": row.id, "key": f"sources/{row.id}/", "project_id": row.id} for row in projects]
    if rows:
        op.bulk_insert(objects, rows)
