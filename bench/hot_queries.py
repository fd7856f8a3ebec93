"""The queries that an installation runs all day, as the backend itself asks them, and what they read.

What is counted is what Postgres counted while it ran them: rows looked at, and pages of tables and indexes.
Unlike times these do not depend on the machine or on what else runs on it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hivesync_contract.comments import CommentTargetKind
from hivesync_contract.search import SearchKind
from hivesync_contract.tasks import TaskStatus
from hivesync_server.activity.repository import ActivityRepository
from hivesync_server.adapters.db import Database
from hivesync_server.admin.repository import AdminRepository
from hivesync_server.comments.repository import CommentRepository, Thread
from hivesync_server.notifications.repository import NotificationRepository
from hivesync_server.notifications.service import UNREAD_MAX
from hivesync_server.search.index import Scope
from hivesync_server.search.postgres import PostgresIndex
from hivesync_server.search.repository import SearchRepository
from hivesync_server.search.service import Search
from hivesync_server.search.terms import query_words
from hivesync_server.tasks.listing import After, TaskListing
from hivesync_server.tasks.schemas import TaskFilter
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bench.filling import Filling, Vocabulary

LIMIT = 50
_NO_ID = "00000000-0000-0000-0000-000000000000"
Ask = Callable[[AsyncSession, Filling], Awaitable[object]]

_COMMON, _OFTEN, _FREQUENT, _RATHER_OFTEN, _MIDDLING, _RARE = 10, 40, 45, 46, 300, 15_000
"""Ranks of words; the most frequent one is the first."""

_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF{form}) "


@dataclass(frozen=True, slots=True)
class HotQuery:
    """What is asked, how its cost is bounded, and how the backend asks it."""

    name: str
    reason: str
    ask: Ask


@dataclass(frozen=True, slots=True)
class Reading:
    """One statement, run: its plan as text, the tables read from one end to the other, and what was read."""

    plan: list[str]
    whole_tables: frozenset[str]
    rows: int
    pages: int


def hot_queries(vocabulary: Vocabulary) -> Iterator[HotQuery]:
    """Give them all."""
    yield from _lists()
    ranks = (_COMMON, _OFTEN, _FREQUENT, _RATHER_OFTEN, _MIDDLING, _RARE)
    common, often, frequent, rather_often, middling, rare = (vocabulary.words[rank] for rank in ranks)
    bound = (
        "A thousand are looked at in the list's order; only for what is rare among them the index is asked."
    )
    yield HotQuery("tasks with a common text", bound, _tasks(text=common))
    yield HotQuery("tasks with a rare text", bound, _tasks(text=rare))
    accounts = "The newest thousand, then an index of trigrams, as for tasks."
    yield HotQuery("accounts by a part of a name", accounts, _accounts)
    for name, reason, query in (
        ("a common word", "The newest thousand texts of the user's projects have enough of it.", common),
        ("a word of one text in thirty", "Some thousand of the newest texts have enough of it.", frequent),
        ("a word of one text in a hundred", "The index gives what these weeks have of it.", middling),
        ("a rare word", "The index gives all there is: little.", rare),
        ("several words", "The index is asked by those that few texts have.", f"{common} {middling} {rare}"),
        (
            "two words of many texts each",
            "The index is asked for the words as they were typed; there is enough, so for no beginnings.",
            f"{often} {rather_often}",
        ),
        ("a mistyped word", "Nothing fits, so words of the newest texts are compared.", f"{rare[:2]}{rare}"),
    ):
        yield HotQuery(f"search for {name}", reason, _search(query))
    projects = frozenset({SearchKind.PROJECT})
    reason = "There are few projects, whose own texts are looked at one by one."
    yield HotQuery("search for projects with a common word", reason, _search(common, projects))


def _lists() -> Iterator[HotQuery]:
    in_order = "One part of an index has these tasks in their order, so no more than a page is read."
    yield HotQuery("tasks of a project", in_order, _tasks())
    yield HotQuery("a later page of them", in_order, _later_tasks)
    yield HotQuery("a column of the board", in_order, _tasks(status=TaskStatus.OPEN))
    yield HotQuery("one's own tasks", in_order, _own_tasks)
    yield HotQuery(
        "tasks with a label",
        "A label's links repeat the rank of their tasks, so their index has the list's order.",
        _labelled_tasks,
    )
    yield HotQuery(
        "tasks by due date",
        "An index of those that have one has them in this order.",
        _tasks(due_after=datetime.now(UTC) - timedelta(days=90)),
    )
    newest = "One index each has them by age, so no more than a page is read."
    yield HotQuery("comments of a project", newest, _comments())
    yield HotQuery("its comments of one kind", newest, _comments(CommentTargetKind.PROJECT))
    yield HotQuery("activity of a project", newest, _activity)
    for name, unread in (("notifications", None), ("unread notifications", True), ("read ones", False)):
        yield HotQuery(name, newest, _notifications(unread))
    yield HotQuery("how many are unread", "Counting ends at the most that is shown.", _count_unread)


def _tasks(**chosen: Any) -> Ask:
    async def ask(session: AsyncSession, filling: Filling) -> object:
        return await TaskListing(TaskFilter(**chosen), LIMIT, None).page(session, filling.huge_id)

    return ask


async def _own_tasks(session: AsyncSession, filling: Filling) -> object:
    return await _tasks(assignee=filling.reader_id)(session, filling)


async def _labelled_tasks(session: AsyncSession, filling: Filling) -> object:
    return await _tasks(label_id=filling.label_id)(session, filling)


async def _later_tasks(session: AsyncSession, filling: Filling) -> object:
    middle = After(filling.rows // 2 << 20, _NO_ID)
    return await TaskListing(TaskFilter(), LIMIT, middle).page(session, filling.huge_id)


def _comments(kind: CommentTargetKind | None = None) -> Ask:
    async def ask(session: AsyncSession, filling: Filling) -> object:
        return await CommentRepository(session).page(filling.huge_id, Thread(kind), None, LIMIT)

    return ask


async def _activity(session: AsyncSession, filling: Filling) -> object:
    return await ActivityRepository(session).page(filling.huge_id, None, LIMIT)


def _notifications(unread: bool | None) -> Ask:
    async def ask(session: AsyncSession, filling: Filling) -> object:
        return await NotificationRepository(session).page(filling.reader_id, None, LIMIT, unread=unread)

    return ask


async def _count_unread(session: AsyncSession, filling: Filling) -> object:
    return await NotificationRepository(session).count_unread(filling.reader_id, UNREAD_MAX + 1)


async def _accounts(session: AsyncSession, filling: Filling) -> object:
    return await AdminRepository(session).users(str(filling.rows // 2), None, LIMIT)


def _search(query: str, kinds: frozenset[SearchKind] = frozenset(SearchKind)) -> Ask:
    async def ask(session: AsyncSession, filling: Filling) -> object:
        repository = SearchRepository(session)
        projects = await repository.projects_of(filling.reader_id, None)
        scope = Scope(projects, kinds, None, datetime.now(UTC))
        return await Search(repository, PostgresIndex(session)).find(query_words(query), scope)

    return ask


async def read_by(query: HotQuery, database: Database, filling: Filling) -> list[Reading]:
    """Run a query as the backend does, and its statements once more to see what they read."""
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        async with database.transaction(writes=False) as transaction:
            await query.ask(transaction.session, filling)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    async with database.snapshot() as connection:
        return [await _reading(connection, *statement) for statement in asked]


async def _reading(connection: AsyncConnection, statement: str, parameters: Any) -> Reading:
    explained = await connection.exec_driver_sql(
        _EXPLAIN.format(form=", FORMAT JSON") + statement, parameters
    )
    root: dict[str, Any] = explained.scalar_one()[0]["Plan"]
    nodes = list(_nodes(root))
    as_text = await connection.exec_driver_sql(_EXPLAIN.format(form="") + statement, parameters)
    return Reading(
        plan=[*_told(line for (line,) in as_text)],
        whole_tables=frozenset(node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"),
        rows=round(sum(map(_rows, nodes))),
        pages=root["Shared Hit Blocks"] + root["Shared Read Blocks"],
    )


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _rows(node: dict[str, Any]) -> float:
    """Count what was taken from a table or index, wanted or not."""
    if "Index Name" not in node and "Relation Name" not in node:
        return 0
    removed = sum(node.get(f"Rows Removed by {how}", 0) for how in ("Filter", "Index Recheck"))
    return float((node["Actual Rows"] + removed) * node["Actual Loops"])


_LEFT_OUT = re.compile(
    r"^\s*(Buffers|Storage|Sort Method|Index Searches|Heap Blocks|Planning|Rows Removed)\b"
)
_IDENTIFIERS = re.compile(r"'\{?[0-9a-f]{8}-[0-9a-f-]{27}[^']*'::uuid(?:\[\])?|''/[0-9a-f-]{36}[^)]*(?=\))")
_LINE = 160


def _told(lines: Iterator[str]) -> Iterator[str]:
    """Leave out of a plan what differs from run to run."""
    for line in lines:
        if line.startswith("Planning"):
            return
        if not _LEFT_OUT.match(line):
            shorter = _IDENTIFIERS.sub("…", line).replace(".00 loops", " loops").replace(" (actual ", " (")
            yield shorter if len(shorter) <= _LINE else shorter[: _LINE - 1] + "…"
