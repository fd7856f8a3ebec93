"""Do lists and searches take longer in a large installation? p99 at 1,000 rows and at 1,000,000.

One server process for each, both on the same Postgres and core, asked in turns through the real API. What is
asked for is the same in both: first pages and later ones, common words, rare ones, and mistyped ones.
"""

from __future__ import annotations

import asyncio
import http.client
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_server import serving
from hivesync_server.settings import load

from bench.cores import Cores
from bench.filling import Filling, Vocabulary
from bench.pinned import on_core

FEW = 1_000
_READ_SECONDS = 60.0
_WARM_UP = 30
_NO_RATE_LIMIT = '{"premium": {"requests_per_minute": 1000000000}}'


def measure_growth(folder: Path, rows: int, calls: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Give p50 and p99 of each kind of request in both sizes, in milliseconds, and the ratios of p99."""
    return asyncio.run(_measure(folder, rows, calls, say))


@dataclass(frozen=True, slots=True)
class _Installation:
    """A running server with its rows."""

    backend: BackendProcess
    filling: Filling
    token: str

    def connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.backend.url)
        return http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=_READ_SECONDS)


async def _measure(folder: Path, rows: int, calls: int, say: Callable[[str], None]) -> dict[str, Any]:
    vocabulary = Vocabulary()
    with PostgresServer() as postgres:
        found: list[_Installation] = []
        try:
            for count in (FEW, rows):
                say(f"  filling a database with {count:,} rows of each kind")
                found.append(await _install(folder / str(count), postgres, count, vocabulary))
            with on_core(Cores.of_this_machine().load):
                figures = await asyncio.to_thread(_alternate, found, vocabulary, calls, say)
        finally:
            for installation in found:
                await installation.backend.stop()
    return {"few": FEW, "many": rows, "calls": calls, "kinds": figures}


async def _install(folder: Path, postgres: PostgresServer, rows: int, words: Vocabulary) -> _Installation:
    url = postgres.url(postgres.create_database())
    await serving.migrate(load({"DATABASE_URL": url, "HIVESYNC_DATA_DIR": str(folder)}))
    environ = BackendProcess.alone(folder).environ
    backend = BackendProcess({**environ, "DATABASE_URL": url, "TIER_LIMITS": _NO_RATE_LIMIT})
    with on_core(Cores.of_this_machine().relay):
        await backend.start()
    async with backend.client() as client:
        user = await BackendUser(client, "reader").sign_up()
    filling = Filling(url, user.profile["id"], rows, words)
    await asyncio.to_thread(filling.fill)
    return _Installation(backend, filling, user.tokens["access_token"])


def _alternate(
    installations: list[_Installation], vocabulary: Vocabulary, calls: int, say: Callable[[str], None]
) -> dict[str, Any]:
    figures = {}
    connections = [installation.connection() for installation in installations]
    for kind, paths in _kinds(vocabulary).items():
        times: list[list[float]] = [[] for _ in installations]
        for number in range(_WARM_UP + calls):
            path = next(paths)
            for installation, connection, taken in zip(installations, connections, times, strict=True):
                milliseconds = _timed(connection, installation, path)
                if number >= _WARM_UP:
                    taken.append(milliseconds)
        few, many = (statistics.quantiles(taken, n=100) for taken in times)
        figures[kind] = {
            "few_p50_ms": few[49],
            "few_p99_ms": few[98],
            "many_p50_ms": many[49],
            "many_p99_ms": many[98],
            "ratio": many[98] / few[98],
        }
        say(f"  {kind}: p99 {few[98]:.1f} ms, {many[98]:.1f} ms: {many[98] / few[98]:.2f} ×")
    return figures


def _timed(connection: http.client.HTTPConnection, installation: _Installation, path: str) -> float:
    path = path.replace("HUGE", installation.filling.huge_id)
    started = time.perf_counter()
    connection.request("GET", f"/api/v1{path}", headers={"Authorization": f"Bearer {installation.token}"})
    answer = connection.getresponse()
    content = answer.read()
    taken = (time.perf_counter() - started) * 1000
    assert answer.status == 200, content
    return taken


def _kinds(vocabulary: Vocabulary) -> dict[str, Iterator[str]]:
    """Give the requests of each kind, without end."""
    board = [f"status={status}" for status in ("open", "in_progress", "blocked", "done")]
    return {
        "task list": _cycle("/projects/HUGE/tasks", ["", "assignee=me"]),
        "board": _cycle("/projects/HUGE/tasks", board),
        "task list by text": _texts(vocabulary),
        "comments": _cycle("/projects/HUGE/comments", ["", "kind=project"]),
        "notifications": _cycle("/notifications", ["", "unread=true", "unread=false"]),
        "search": _searches(vocabulary),
    }


def _cycle(path: str, queries: list[str]) -> Iterator[str]:
    while True:
        for query in queries:
            yield f"{path}?limit=50&{query}"


def _texts(vocabulary: Vocabulary) -> Iterator[str]:
    chance = random.Random(2)
    while True:
        text = vocabulary.words[int(len(vocabulary.words) ** chance.random())]
        yield f"/projects/HUGE/tasks?{urlencode({'limit': 50, 'text': text})}"


def _searches(vocabulary: Vocabulary) -> Iterator[str]:
    chance = random.Random(3)
    words = vocabulary.words

    def word() -> str:
        """Choose a word of any rank; each power of ten is as likely."""
        return words[int(len(words) ** chance.random()) - 1]

    while True:
        yield f"/search?{urlencode({'q': word()})}"
        yield f"/search?{urlencode({'q': f'{word()} {word()}'})}"
        yield f"/search?{urlencode({'q': word()[:4], 'types': 'comment'})}"
        mistyped = word() + word()
        yield f"/search?{urlencode({'q': mistyped[:3] + mistyped[4:]})}"
