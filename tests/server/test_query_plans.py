"""What the backend asks all day reads no more than a bounded part of a project, however large it is, and
finds what a query without bounds finds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hivesync_contract.search import SearchKind
from hivesync_server.adapters.db import Database, open_database
from hivesync_server.search.index import CANDIDATES, Scope
from hivesync_server.search.postgres import PostgresIndex
from hivesync_server.search.repository import SearchRepository
from hivesync_server.search.terms import query_words
from hivesync_server.settings import load
from hivesync_server.tasks.listing import TaskListing
from hivesync_server.tasks.schemas import TaskFilter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bench.filling import Filling, Vocabulary
from bench.hot_queries import hot_queries, read_by
from bench.plans import filled

_ROWS = 10_000
"""Half of them in one project: to read all of its tasks is to read more than allowed."""

_READ_MAX = 4_500
_FILLED = {"tasks", "comments", "notifications", "activity", "users", "search_documents", "task_labels"}


@dataclass(frozen=True, slots=True)
class Large:
    """A database of many rows."""

    database: Database
    filling: Filling


@pytest.fixture
async def large(database: dict[str, str]) -> AsyncIterator[Large]:
    filling = await asyncio.to_thread(filled, database["DATABASE_URL"], _ROWS, Vocabulary())
    opened = open_database(load(database).database)
    try:
        yield Large(opened, filling)
    finally:
        await opened.close()


@pytest.mark.postgres_only
async def test_hot_queries_read_little_and_miss_nothing(large: Large) -> None:
    for query in hot_queries(large.filling.vocabulary):
        for reading in await read_by(query, large.database, large.filling):
            shown = f"{query.name}: {reading.rows} rows\n" + "\n".join(reading.plan)
            assert reading.rows <= _READ_MAX, shown
            assert not reading.whole_tables & _FILLED, shown
    words = large.filling.vocabulary.words
    await _ask_until_prepared(large, words[15_000])
    async with large.database.transaction(writes=False) as transaction:
        for ranks in ((10,), (45,), (300,), (15_000,), (10, 300), (20, 25), (30, 60), (40, 46)):
            wanted = " ".join(words[rank] for rank in ranks)
            for age in (None, timedelta(days=30), timedelta(days=200)):
                await _compare(transaction.session, large.filling, wanted, age)


async def _ask_until_prepared(large: Large, word: str) -> None:
    """See that no plan for just any project is kept of what asks the index of texts."""
    listing = TaskListing(TaskFilter(text=word), 50, None)
    async with large.database.transaction(writes=False) as transaction:
        for _ in range(7):
            await listing.page(transaction.session, large.filling.huge_id)
        asked = (
            await transaction.session.scalars(text("SELECT statement FROM pg_prepared_statements"))
        ).all()
    listed = [statement for statement in asked if "FROM tasks" in statement]
    assert listed, "nothing was prepared"
    assert not [statement for statement in listed if "fitting" in statement]


async def _compare(session: AsyncSession, filling: Filling, query: str, age: timedelta | None) -> None:
    """Compare what is found with all there is: few things whole, and enough of many."""
    projects = await SearchRepository(session).projects_of(filling.reader_id, None)
    now = datetime.now(UTC)
    since = now - age if age is not None else None
    scope = Scope(projects, frozenset(SearchKind), since, now)
    found = await PostgresIndex(session).matching(query_words(query), scope)
    everything = await session.execute(
        text(
            "SELECT kind, subject_id FROM search_documents WHERE project_id = ANY(CAST(:projects AS uuid[])) "
            "AND words @@ CAST(:wanted AS tsquery) AND created_at >= :since"
        ),
        {
            "projects": list(projects),
            "wanted": " & ".join(f"'{word}':*" for word in query.split()),
            "since": since or datetime.min.replace(tzinfo=UTC),
        },
    )
    fitting = {(kind, str(subject_id)) for kind, subject_id in everything}
    assert set(found) <= fitting, query
    assert len(set(found)) == len(found) >= min(len(fitting), CANDIDATES // 2), query
