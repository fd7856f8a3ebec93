"""What can be found, and the indexes that find it."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_server.search.tables import Terms
from hivesync_server.search.upkeep import SOURCES, Source

revision = "0025_search"
down_revision = "0024_alerts"
branch_labels = None
depends_on = None

_BATCH = 1_000
_DOCUMENTS = sa.table(
    "search_documents",
    sa.column("kind"),
    sa.column("subject_id", sa.Uuid(as_uuid=False)),
    sa.column("project_id", sa.Uuid(as_uuid=False)),
    sa.column("task_id", sa.Uuid(as_uuid=False)),
    sa.column("comment_id", sa.Uuid(as_uuid=False)),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("terms", Terms),
)


class ExtensionMissing(HiveSyncError):
    """The database does not have what search within titles needs."""

    code = ErrorCode.INTERNAL_ERROR


def upgrade() -> None:
    """Make table and indexes, and take in what there already is."""
    op.create_table(
        "search_documents",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        _id("subject_id", nullable=False),
        _id("project_id", nullable=False),
        _id("task_id"),
        _id("comment_id"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terms", Terms(), nullable=False),
        _reference("project_id", "projects"),
        _reference("task_id", "tasks"),
        _reference("comment_id", "comments"),
        sa.PrimaryKeyConstraint("number", name="pk_search_documents"),
    )
    op.create_index(
        "ix_search_documents_project_id_subject_id",
        "search_documents",
        ["project_id", "subject_id"],
        unique=True,
    )
    for column in ("task_id", "comment_id"):
        given = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_search_documents_{column}",
            "search_documents",
            [column],
            sqlite_where=given,
            postgresql_where=given,
        )
    if op.get_bind().dialect.name == "postgresql":
        _create_postgres_indexes()
    else:
        _create_sqlite_index()
    for table, source in SOURCES.items():
        _take_in(table, source)


def downgrade() -> None:
    """Remove them. The extension stays: others may use it."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_tasks_text", "tasks")
    else:
        op.execute("DROP TABLE search_words")
    op.drop_table("search_documents")


def _create_postgres_indexes() -> None:
    op.execute(
        "ALTER TABLE search_documents ADD COLUMN words tsvector NOT NULL "
        "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(terms, ' '))) STORED"
    )
    # Without a list of pending entries, which every search would have to go through.
    op.create_index(
        "ix_search_documents_words",
        "search_documents",
        ["words"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    try:
        with op.get_bind().begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except sa.exc.DBAPIError as error:
        raise ExtensionMissing(
            "The database has no extension pg_trgm, and this user may not create it. Install PostgreSQL's "
            "contrib package, let an administrator run CREATE EXTENSION pg_trgm in this database, and "
            "migrate again."
        ) from error
    op.execute("CREATE INDEX ix_tasks_text ON tasks USING gin (title gin_trgm_ops, description gin_trgm_ops)")


def _create_sqlite_index() -> None:
    # Words arrive ready-made (see search/terms.py): here they are only taken apart at spaces.
    op.execute(
        "CREATE VIRTUAL TABLE search_words USING fts5(terms, content='search_documents', "
        "content_rowid='number', tokenize=\"ascii tokenchars '/-'\", detail=none)"
    )
    remove = "INSERT INTO search_words (search_words, rowid, terms) VALUES ('delete', old.number, old.terms);"
    add = "INSERT INTO search_words (rowid, terms) VALUES (new.number, new.terms);"
    for when, statements in (("INSERT", add), ("DELETE", remove), ("UPDATE OF terms", remove + add)):
        name = f"search_documents_{when.split()[0].lower()}"
        op.execute(f"CREATE TRIGGER {name} AFTER {when} ON search_documents BEGIN {statements} END")


def _take_in(name: str, source: Source) -> None:
    columns = {"id", "created_at", source.project_column, *source.columns}
    identifiers = {"id", source.project_column}
    table = sa.table(
        name,
        *(
            sa.column(
                column,
                sa.Uuid(as_uuid=False)
                if column in identifiers
                else sa.DateTime(timezone=True)
                if column == "created_at"
                else sa.Text(),
            )
            for column in sorted(columns)
        ),
    )
    last: Any = None
    while True:
        query = sa.select(table).order_by(table.c.id).limit(_BATCH)
        rows = op.get_bind().execute(query if last is None else query.where(table.c.id > last)).all()
        if not rows:
            return
        op.bulk_insert(_DOCUMENTS, [source.document(row) for row in rows])
        last = rows[-1].id


def _id(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Uuid(as_uuid=False), nullable=nullable)


def _reference(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{table}.id"], name=f"fk_search_documents_{column}", ondelete="CASCADE"
    )
