"""Fills a database with as many tasks, comments and notifications as a small or a large installation has.

Half of all is in one huge project, of which the reader is a member; the rest is spread over a project for
every thousand rows, ten of them the reader's. Words are as frequent as in natural language (Zipf), times are
spread over two years. Indexes are made afterwards, by the definitions that the migrations gave them.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from typing import Any

import psycopg
from hivesync_server.search.upkeep import month_scope, project_scope
from psycopg import sql

_VOCABULARY = 20_000
_OWN_PROJECTS = 10
_ROWS_PER_PROJECT = 1_000
_PART = 50_000
_YEARS = timedelta(days=730)
_STATUSES = ("open", "in_progress", "blocked", "done")
_FILLED = ("tasks", "comments", "notifications", "search_documents")


@dataclass(slots=True)
class Vocabulary:
    """Made-up words, the most frequent first."""

    chance: random.Random = field(default_factory=lambda: random.Random(1))
    words: list[str] = field(init=False)
    _weights: list[float] = field(init=False)

    def __post_init__(self) -> None:
        found: dict[str, None] = {}
        while len(found) < _VOCABULARY:
            syllables = self.chance.randint(2, 4)
            found[
                "".join(
                    self.chance.choice("bdfgklmnprstvz") + self.chance.choice("aeiou")
                    for _ in range(syllables)
                )
            ] = None
        self.words = list(found)
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(_VOCABULARY)))

    def text(self, length: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self._weights, k=length)


@dataclass(slots=True)
class Filling:
    """What is put into one database."""

    url: str
    reader_id: str
    rows: int
    vocabulary: Vocabulary
    huge_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def fill(self) -> None:
        """Put it there, and let Postgres look at it."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            projects = self._projects(connection)
            indexes = _drop_indexes(connection)
            self._copy(connection, "tasks", _TASK, self._tasks(projects))
            self._copy(connection, "comments", _COMMENT, self._comments(projects))
            self._copy(connection, "notifications", _NOTIFICATION, self._notifications())
            connection.execute("SET maintenance_work_mem = '512MB'")
            for index in indexes:
                connection.execute(index)
            connection.execute("VACUUM ANALYZE")

    def _projects(self, connection: psycopg.Connection[Any]) -> list[str]:
        ids = [self.huge_id, *(str(uuid.uuid4()) for _ in range(max(1, self.rows // _ROWS_PER_PROJECT)))]
        now = datetime.now(UTC)
        for number, project_id in enumerate(ids):
            connection.execute(
                "INSERT INTO projects (id, owner_id, name, description, created_at, updated_at) "
                "VALUES (%s, %s, %s, '', %s, %s)",
                (project_id, self.reader_id, f"Project {number}", now, now),
            )
            if number <= _OWN_PROJECTS:
                connection.execute(
                    "INSERT INTO project_members (user_id, project_id, joined_at) VALUES (%s, %s, %s)",
                    (self.reader_id, project_id, now),
                )
        return ids

    def _tasks(self, projects: list[str]) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        for number, moment in enumerate(_moments(self.rows)):
            task_id, project = _id(moment, number), self._project(projects, number)
            title, text = self.vocabulary.text(5), self.vocabulary.text(12)
            status = _STATUSES[self.vocabulary.chance.randrange(4)]
            assignee = self.reader_id if number % 7 == 0 else None
            rank = number << 20
            yield (
                (task_id, project, " ".join(title), " ".join(text), status, assignee, rank, moment, moment),
                _document("task", task_id, project, moment, {*title, *text}, task_id, None),
            )

    def _comments(self, projects: list[str]) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        for number, moment in enumerate(_moments(self.rows)):
            comment_id, project = _id(moment, number + self.rows), self._project(projects, number)
            text = self.vocabulary.text(15)
            yield (
                (comment_id, project, self.reader_id, "project", " ".join(text), moment),
                _document("comment", comment_id, project, moment, {*text}, None, comment_id),
            )

    def _notifications(self) -> Iterator[tuple[tuple[Any, ...], None]]:
        for number, moment in enumerate(_moments(self.rows)):
            read = moment if number % 3 else None
            values = (_id(moment, number), self.reader_id, "task_assigned", "Somebody did something")
            yield (*values, self.huge_id, "task", moment, read), None

    def _project(self, projects: list[str], number: int) -> str:
        return self.huge_id if number % 2 else projects[1 + number // 2 % (len(projects) - 1)]

    def _copy(
        self,
        connection: psycopg.Connection[Any],
        table: str,
        columns: tuple[str, ...],
        rows: Iterator[tuple[tuple[Any, ...], tuple[Any, ...] | None]],
    ) -> None:
        # In parts: what is remembered of a million rows would not fit into the memory.
        while part := list(islice(rows, _PART)):
            with connection.cursor() as cursor:
                with cursor.copy(_copy_into(table, columns)) as copy:
                    for row, _ in part:
                        copy.write_row(row)
                with cursor.copy(_copy_into("search_documents", _DOCUMENT)) as copy:
                    for _, document in part:
                        if document is not None:
                            copy.write_row(document)


_TASK = (
    "id",
    "project_id",
    "title",
    "description",
    "status",
    "assignee_id",
    "rank",
    "created_at",
    "updated_at",
)
_COMMENT = ("id", "project_id", "author_id", "kind", "body", "created_at")
_NOTIFICATION = ("id", "user_id", "type", "text", "project_id", "subject_kind", "created_at", "read_at")
_DOCUMENT = ("kind", "subject_id", "project_id", "created_at", "terms", "task_id", "comment_id")


def _document(
    kind: str,
    subject_id: str,
    project_id: str,
    moment: datetime,
    words: set[str],
    task_id: str | None,
    comment_id: str | None,
) -> tuple[Any, ...]:
    terms = " ".join([*words, project_scope(project_id), month_scope(project_id, moment)])
    return kind, subject_id, project_id, moment, terms, task_id, comment_id


def _moments(count: int) -> Iterator[datetime]:
    now = datetime.now(UTC)
    return (now - _YEARS * ((count - number) / count) for number in range(count))


def _id(moment: datetime, number: int) -> str:
    """Give a UUIDv7 of that moment; the number keeps those of one millisecond apart."""
    milliseconds = int(moment.timestamp() * 1000)
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | number))


def _copy_into(table: str, columns: tuple[str, ...]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)


def _drop_indexes(connection: psycopg.Connection[Any]) -> list[str]:
    """Drop what no constraint needs, and give the statements that make it again."""
    found = connection.execute(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.tablename = ANY(%s) AND NOT EXISTS "
        "(SELECT FROM pg_constraint c WHERE c.conname = i.indexname)",
        (list(_FILLED),),
    ).fetchall()
    for name, _ in found:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    return [str(definition) for _, definition in found]
