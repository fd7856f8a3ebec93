"""Fills a database with as many rows of each kind as a small or a large installation has.

Half of all is in one huge project, of which the reader is a member; the rest is spread over a project for
every thousand rows, ten of them the reader's. Words are as frequent as in natural language (Zipf), times are
spread over two years. Postgres makes the rows by itself, out of phrases that are made up here: to send a
million of them would take minutes. Indexes are made afterwards, by the definitions that the migrations gave.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, LiteralString

import psycopg
from psycopg import sql

_VOCABULARY = 20_000
_PHRASES = 20_011
"""A prime, so that the steps of different texts through the phrases never fall into one rhythm."""

_OWN_PROJECTS = 10
_ROWS_PER_PROJECT = 1_000
_YEARS_DAYS = 730
_TITLE, _DESCRIPTION, _BODY = 5, 12, 15
_FILLED = ("users", "tasks", "comments", "task_labels", "notifications", "activity", "search_documents")


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

    def text(self, length: int) -> str:
        return " ".join(self.chance.choices(self.words, cum_weights=self._weights, k=length))


@dataclass(slots=True)
class Filling:
    """What is put into one database."""

    url: str
    reader_id: str
    rows: int
    vocabulary: Vocabulary
    huge_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    label_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def fill(self) -> None:
        """Put it there, and let Postgres look at it."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            # Neither triggers, which look up each reference, nor a wait for the disk.
            for setting in ("session_replication_role = replica", "synchronous_commit = off"):
                connection.execute(sql.SQL("SET " + setting))
            connection.execute("SET maintenance_work_mem = '512MB'")
            connection.execute("SET timezone = 'UTC'")
            self._prepare(connection)
            indexes = _drop_indexes(connection)
            for statement in _STATEMENTS:
                connection.execute(statement, self._values())
            for index in indexes:
                connection.execute(sql.SQL("{}").format(sql.SQL(index)))
            connection.execute("VACUUM ANALYZE")

    def _values(self) -> dict[str, Any]:
        others = max(1, self.rows // _ROWS_PER_PROJECT)
        return {
            "rows": self.rows,
            "reader": self.reader_id,
            "huge": self.huge_id,
            "label": self.label_id,
            "others": others,
            "phrases": _PHRASES,
            "own": _OWN_PROJECTS,
            "days": _YEARS_DAYS,
        }

    def _prepare(self, connection: psycopg.Connection[Any]) -> None:
        """Make the phrases that texts consist of."""
        connection.execute(
            "CREATE TEMP TABLE phrases (number int PRIMARY KEY, title text, text text, body text)"
        )
        with connection.cursor().copy("COPY phrases FROM STDIN") as copy:
            for row in self._phrases():
                copy.write_row(row)
        connection.execute("ANALYZE phrases")

    def _phrases(self) -> Iterator[tuple[object, ...]]:
        for number in range(_PHRASES):
            yield number, *(self.vocabulary.text(length) for length in (_TITLE, _DESCRIPTION, _BODY))


_DOCUMENTS: LiteralString = """
    INSERT INTO search_documents (kind, subject_id, project_id, created_at, terms, task_id, comment_id)
    SELECT {kind}, id, project_id, created_at,
        {text} || ' /' || project_id || ' /' || project_id || to_char(created_at, '/YYYY-MM'), {references}
    FROM {table}
"""
_STATEMENTS: tuple[LiteralString, ...] = (
    """
    CREATE TEMP TABLE numbered AS SELECT number, moment,
        (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || '70008000'
            || lpad(to_hex(number), 12, '0'))::uuid AS id,
        CASE WHEN number %% 2 = 1 THEN %(huge)s::uuid
            ELSE md5('project' || number / 2 %% %(others)s)::uuid END AS project_id
    FROM (
        SELECT number,
            now() - make_interval(secs => %(days)s * 86400.0 * (%(rows)s - number) / %(rows)s) AS moment
        FROM generate_series(1, %(rows)s::bigint) AS number
    ) AS numbers
    """,
    """
    INSERT INTO projects (id, owner_id, name, description, created_at, updated_at)
    SELECT id, %(reader)s, name, '', now(), now() FROM (
        SELECT %(huge)s::uuid AS id, 'Huge' AS name
        UNION ALL SELECT md5('project' || n)::uuid, 'Project ' || n
        FROM generate_series(0, %(others)s - 1) AS n
    ) AS projects
    """,
    """
    INSERT INTO project_members (user_id, project_id, joined_at)
    SELECT %(reader)s, id, now() FROM (
        SELECT %(huge)s::uuid AS id
        UNION ALL SELECT md5('project' || n)::uuid
        FROM generate_series(0, least(%(own)s, %(others)s) - 1) AS n
    ) AS projects
    """,
    """
    INSERT INTO labels (id, project_id, name, name_key, color, created_at)
    VALUES (%(label)s, %(huge)s, 'bug', 'bug', '#ff0000', now())
    """,
    """
    INSERT INTO users (id, email, username, password_hash, tier, is_admin, email_verified, created_at)
    SELECT id, split_part(title, ' ', 1) || numbered.number || '@' || split_part(title, ' ', 2) || '.example',
        split_part(title, ' ', 3) || numbered.number, '', 'free', false, true, moment
    FROM numbered JOIN phrases ON phrases.number = numbered.number * 7919 %% %(phrases)s
    """,
    """
    INSERT INTO tasks (
        id, project_id, title, description, status, assignee_id, rank, due_at, created_at, updated_at)
    SELECT id, project_id, named.title, told.text, (ARRAY['open', 'in_progress', 'blocked', 'done'])
            [1 + numbered.number / 2 %% 4], CASE WHEN numbered.number %% 7 = 0 THEN %(reader)s::uuid END,
        numbered.number << 20, CASE WHEN numbered.number %% 5 = 0 THEN moment + interval '60 days' END,
        moment, moment
    FROM numbered
    JOIN phrases AS named ON named.number = numbered.number * 7919 %% %(phrases)s
    JOIN phrases AS told ON told.number = numbered.number * 15401 %% %(phrases)s
    """,
    """
    INSERT INTO task_labels (task_id, label_id, rank)
    SELECT id, %(label)s, rank FROM tasks WHERE project_id = %(huge)s AND (rank >> 20) %% 3 = 0
    """,
    """
    INSERT INTO comments (id, project_id, author_id, kind, body, created_at)
    SELECT overlay(id::text PLACING 'c' FROM 25)::uuid, project_id, %(reader)s, 'project', body, moment
    FROM numbered JOIN phrases ON phrases.number = numbered.number * 10007 %% %(phrases)s
    """,
    """
    INSERT INTO notifications (id, user_id, type, text, project_id, subject_kind, created_at, read_at)
    SELECT id, CASE WHEN number %% 2 = 1 THEN %(reader)s::uuid ELSE md5('other' || number %% 5000)::uuid END,
        'task_assigned', 'Somebody did something', project_id, 'task', moment,
        CASE WHEN number %% 3 > 0 THEN moment END
    FROM numbered
    """,
    """
    INSERT INTO activity (id, project_id, actor_id, verb, subject_kind, subject_id, data, created_at)
    SELECT id, project_id, %(reader)s, 'created', 'task',
        CASE WHEN number %% 3 = 0 THEN project_id ELSE id END, '{}', moment
    FROM numbered
    """,
    _DOCUMENTS.format(
        kind="'task'", text="title || ' ' || description", references="id, NULL", table="tasks"
    ),
    _DOCUMENTS.format(kind="'comment'", text="body", references="NULL, id", table="comments"),
)


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
