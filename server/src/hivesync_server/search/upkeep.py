"""Keeps what can be found up to date, within the transaction that changes it.

It hangs on the rows themselves, so whoever writes a project, task or comment need not know of search.
Deletions are the database's own affair, by foreign keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hivesync_contract.search import SearchKind
from sqlalchemy import Connection, event, insert, inspect, update
from sqlalchemy.orm import Mapper

from hivesync_server.comments.tables import CommentRow
from hivesync_server.projects.tables import ProjectRow
from hivesync_server.search.tables import SearchDocumentRow
from hivesync_server.search.terms import terms
from hivesync_server.tasks.tables import TaskRow


@dataclass(frozen=True, slots=True)
class Source:
    """Which columns of a table can be found."""

    kind: SearchKind
    columns: tuple[str, ...]
    project_column: str = "project_id"
    reference: str | None = None

    def document(self, row: Any) -> dict[str, Any]:
        """Give the values of its document; `row` is one of the ORM or of a plain query."""
        project_id, created_at = getattr(row, self.project_column), row.created_at
        found = terms(*(getattr(row, column) for column in self.columns))
        values = {
            "kind": self.kind.value,
            "subject_id": row.id,
            "project_id": project_id,
            "created_at": created_at,
            "terms": [*found, project_scope(project_id), month_scope(project_id, created_at)],
        }
        return values if self.reference is None else values | {self.reference: row.id}


SOURCES: dict[str, Source] = {
    ProjectRow.__tablename__: Source(SearchKind.PROJECT, ("name", "description"), project_column="id"),
    TaskRow.__tablename__: Source(SearchKind.TASK, ("title", "description"), reference="task_id"),
    CommentRow.__tablename__: Source(SearchKind.COMMENT, ("body",), reference="comment_id"),
}


def project_scope(project_id: str) -> str:
    """Give the word that all of a project has, and no text: words hold no stroke."""
    return f"/{project_id}"


def month_scope(project_id: str, moment: datetime) -> str:
    """Give the word of what was made in a project in that month."""
    return f"/{project_id}/{moment:%Y-%m}"


def install() -> None:
    """Begin to follow the rows; doing it twice is no error."""
    for table in (ProjectRow, TaskRow, CommentRow):
        if not event.contains(table, "after_insert", _added):
            event.listen(table, "after_insert", _added)
            event.listen(table, "after_update", _changed)


def _added(_: Mapper[Any], connection: Connection, row: Any) -> None:
    connection.execute(insert(SearchDocumentRow).values(**SOURCES[row.__tablename__].document(row)))


def _changed(_: Mapper[Any], connection: Connection, row: Any) -> None:
    state, source = inspect(row), SOURCES[row.__tablename__]
    if not any(state.attrs[column].history.has_changes() for column in source.columns):
        return
    document = source.document(row)
    mine = (
        SearchDocumentRow.project_id == document["project_id"],
        SearchDocumentRow.subject_id == row.id,
    )
    connection.execute(update(SearchDocumentRow).where(*mine).values(terms=document["terms"]))
