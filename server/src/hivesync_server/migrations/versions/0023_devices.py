"""Devices, made of the sessions that there are, and events for one session."""

import sqlalchemy as sa
import uuid_utils
from alembic import op

revision = "0023_devices"
down_revision = "0022_owned_objects"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and know every device that has a session."""
    devices = op.create_table(
        "devices",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_devices_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        sa.UniqueConstraint("user_id", "name", name="uq_devices_user_id_name"),
    )
    sessions = sa.table(
        "sessions",
        sa.column("user_id", sa.Uuid(as_uuid=False)),
        sa.column("label", sa.String()),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    known = sa.select(sessions.c.user_id, sessions.c.label, sa.func.min(sessions.c.created_at))
    found = op.get_bind().execute(known.group_by(sessions.c.user_id, sessions.c.label)).all()
    rows = [
        {"id": str(uuid_utils.uuid7()), "user_id": user_id, "name": label, "created_at": created_at}
        for user_id, label, created_at in sorted(found, key=lambda row: row[2])
    ]
    if rows:
        op.bulk_insert(devices, rows)
    op.add_column("events", sa.Column("session_id", sa.Uuid(as_uuid=False)))


def downgrade() -> None:
    """Remove them; sessions stay as they are."""
    op.drop_column("events", "session_id")
    op.drop_table("devices")
