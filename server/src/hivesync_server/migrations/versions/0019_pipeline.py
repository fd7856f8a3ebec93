"""Jobs of any kind that outlive what they are for; AI documentation; the use of quotas."""

import sqlalchemy as sa
from alembic import op

revision = "0019_pipeline"
down_revision = "0018_totp"
branch_labels = None
depends_on = None

_OUTBOX = "id, job_id, attempt, priority, tries, available_at, leased_until, lease"
_JOBS = "id, kind, version, tier, state, attempt, created_at, sent_at, deadline_at, finished_at, logs_key"


def upgrade() -> None:
    """Make jobs anew with what they hold, since SQLite changes no foreign key; make the new tables."""
    _keep_aside()
    _create_jobs(
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("subject_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("error_code", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_jobs_project_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_jobs_user_id", ondelete="CASCADE"),
    )
    for column in ("project_id", "subject_id", "finished_at"):
        op.create_index(f"ix_jobs_{column}", "jobs", [column])
    op.create_index("ix_jobs_user_id_kind_state", "jobs", ["user_id", "kind", "state"])
    columns = ", ".join(f"jobs_before.{name}" for name in _JOBS.split(", "))
    op.execute(
        f"INSERT INTO jobs ({_JOBS}, project_id, user_id, subject_id)"  # noqa: S608 - our own names
        f" SELECT {columns}, previews.project_id, previews.user_id, previews.id"
        " FROM jobs_before JOIN previews ON previews.id = jobs_before.preview_id"
    )
    _bring_back_outbox()
    op.drop_index("ix_previews_project_id", "previews")
    op.create_index("ix_previews_project_id_id", "previews", ["project_id", "id"])
    _create_ai_docs()
    op.create_table(
        "quota_uses",
        sa.Column("subject_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_quota_uses_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("subject_id", name="pk_quota_uses"),
    )
    op.create_index("ix_quota_uses_used_at", "quota_uses", ["used_at"])
    op.create_index("ix_quota_uses_user_id_kind_used_at", "quota_uses", ["user_id", "kind", "used_at"])


def downgrade() -> None:
    """Go back to jobs of previews: those of other kinds, and of previews that are gone, are lost."""
    op.drop_table("quota_uses")
    op.drop_table("ai_docs")
    op.drop_index("ix_previews_project_id_id", "previews")
    op.create_index("ix_previews_project_id", "previews", ["project_id"])
    _keep_aside()
    _create_jobs(
        sa.Column("preview_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["preview_id"], ["previews.id"], name="fk_jobs_preview_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_jobs_preview_id", "jobs", ["preview_id"])
    op.execute(
        f"INSERT INTO jobs ({_JOBS}, preview_id)"  # noqa: S608 - our own names
        f" SELECT {_JOBS}, subject_id FROM jobs_before"
        " WHERE subject_id IN (SELECT id FROM previews)"
    )
    _bring_back_outbox()


def _keep_aside() -> None:
    op.execute("CREATE TABLE outbox_before AS SELECT * FROM outbox")
    op.execute("CREATE TABLE jobs_before AS SELECT * FROM jobs")
    op.drop_table("outbox")
    op.drop_table("jobs")


def _create_jobs(*columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("logs_key", sa.String(length=512), nullable=True),
        *columns,
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_state_deadline", "jobs", ["state", "deadline_at"])


def _bring_back_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("job_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.Uuid(as_uuid=False), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_outbox_job_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_available_at", "outbox", ["available_at"])
    op.create_index("ix_outbox_job_id", "outbox", ["job_id"])
    op.execute(
        f"INSERT INTO outbox ({_OUTBOX}) SELECT {_OUTBOX} FROM outbox_before"  # noqa: S608 - our own names
        " WHERE job_id IN (SELECT id FROM jobs)"
    )
    op.drop_table("outbox_before")
    op.drop_table("jobs_before")


def _create_ai_docs() -> None:
    op.create_table(
        "ai_docs",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("line_start", sa.Integer(), nullable=True),
        sa.Column("line_end", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reusable", sa.Boolean(), nullable=False),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_key", sa.String(length=512), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_ai_docs_project_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_ai_docs_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_ai_docs"),
    )
    op.create_index("ix_ai_docs_created_at", "ai_docs", ["created_at"])
    op.create_index("ix_ai_docs_project_id_fingerprint", "ai_docs", ["project_id", "fingerprint"])
    op.create_index("ix_ai_docs_project_id_id", "ai_docs", ["project_id", "id"])
    op.create_index("ix_ai_docs_user_id", "ai_docs", ["user_id"])
