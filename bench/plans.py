"""`python -m bench.plans`: write docs/query-plans.md, by running the hot queries in two databases.

BENCH_QUICK=1 takes a smaller large one, and is for trying this out only.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
from hivesync_dev.paths import ROOT
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_server.adapters.db import open_database
from hivesync_server.migrations import configured
from hivesync_server.settings import load

from bench.filling import Filling, Vocabulary
from bench.hot_queries import HotQuery, Reading, hot_queries, read_by

FEW, MANY, QUICK = 1_000, 1_000_000, 50_000
_FIGURES = re.compile(r"\d+|'[^']*'")
_PAGE = ROOT / "docs" / "query-plans.md"
_INTRODUCTION = """\
# What the hot queries read

Written by `python -m bench.plans`, which fills two databases, runs the backend's own queries in both, and
asks Postgres what they read; do not edit. The small one has {few:,} tasks, comments, notifications, entries
of activity and accounts, the large one {many:,} of each, half of them in one project and one user's. Rows
and pages (of 8 KB, of tables and indexes) are those that were looked at, wanted or not; they tell more than
times, which belong to a machine. `tests/server/test_query_plans.py` keeps them bounded. Below, a plan stands
once, where it first occurs.

| query | rows, small | rows, large | pages, small | pages, large |
|---|---|---|---|---|
"""


def main() -> int:
    """Write the page."""
    many = QUICK if os.environ.get("BENCH_QUICK", "0") not in ("", "0") else MANY
    with tempfile.TemporaryDirectory(prefix="hivesync-plans-") as name, PostgresServer() as postgres:
        small, large = (asyncio.run(_read(Path(name), postgres, rows)) for rows in (FEW, many))
    _PAGE.write_text(page(list(hot_queries(Vocabulary())), small, large, many), "utf-8")
    return 0


Readings = dict[str, list[Reading]]


def page(queries: list[HotQuery], small: Readings, large: Readings, many: int) -> str:
    """Give the page's text."""
    lines = [_INTRODUCTION.format(few=FEW, many=many).rstrip()]
    lines += [_row(query, small[query.name], large[query.name]) for query in queries]
    shown: set[str] = set()
    for query in queries:
        lines += _section(query, large[query.name], shown)
    return "\n".join(lines) + "\n"


async def _read(folder: Path, postgres: PostgresServer, rows: int) -> Readings:
    print(f"Filling a database with {rows:,} rows of each kind", file=sys.stderr, flush=True)
    url = postgres.url(postgres.create_database())
    settings = load({"DATABASE_URL": url, "HIVESYNC_DATA_DIR": str(folder)})
    await configured.migrate(settings)
    filling = await asyncio.to_thread(filled, url, rows, Vocabulary())
    database = open_database(settings.database)
    try:
        return {
            query.name: await read_by(query, database, filling) for query in hot_queries(filling.vocabulary)
        }
    finally:
        await database.close()


def filled(url: str, rows: int, vocabulary: Vocabulary) -> Filling:
    """Make a reader, and fill the database."""
    reader_id = str(uuid.uuid4())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO users"
            " (id, email, username, password_hash, tier, is_admin, email_verified, created_at)"
            " VALUES (%s, 'reader@example.com', 'reader', '', 'premium', true, true, now())",
            (reader_id,),
        )
    filling = Filling(url, reader_id, rows, vocabulary)
    filling.fill()
    return filling


def _row(query: HotQuery, small: list[Reading], large: list[Reading]) -> str:
    figures = [
        *(f"{sum(reading.rows for reading in readings):,}" for readings in (small, large)),
        *(f"{sum(reading.pages for reading in readings):,}" for readings in (small, large)),
    ]
    return f"| {query.name} | {' | '.join(figures)} |"


def _section(query: HotQuery, readings: list[Reading], shown: set[str]) -> Iterator[str]:
    yield f"\n## {query.name[0].upper()}{query.name[1:]}\n\n{query.reason}"
    for reading in readings:
        text = "\n".join(reading.plan)
        shape = _FIGURES.sub("", text)
        if shape not in shown:
            yield f"\n```text\n{text}\n```"
        shown.add(shape)


if __name__ == "__main__":
    raise SystemExit(main())
