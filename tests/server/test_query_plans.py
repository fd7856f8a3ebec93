"""What the backend asks all day reads no more than a bounded part of a project, however large it is."""

from __future__ import annotations

import asyncio

import pytest
from hivesync_server.adapters.db import open_database
from hivesync_server.settings import load

from bench.filling import Vocabulary
from bench.hot_queries import hot_queries, read_by
from bench.plans import filled

_ROWS = 10_000
"""Half of them in one project: to read all of its tasks is to read more than allowed."""

_READ_MAX = 4_500
_FILLED = {"tasks", "comments", "notifications", "activity", "users", "search_documents", "task_labels"}


@pytest.mark.postgres_only
async def test_no_hot_query_reads_a_whole_project(database: dict[str, str]) -> None:
    vocabulary = Vocabulary()
    filling = await asyncio.to_thread(filled, database["DATABASE_URL"], _ROWS, vocabulary)
    opened = open_database(load(database).database)
    try:
        for query in hot_queries(vocabulary):
            for reading in await read_by(query, opened, filling):
                shown = f"{query.name}: {reading.rows} rows\n" + "\n".join(reading.plan)
                assert reading.rows <= _READ_MAX, shown
                assert not reading.whole_tables & _FILLED, shown
    finally:
        await opened.close()
