"""Do lists and searches take longer in a large installation? p99 at 1,000 rows and at 1,000,000.

One server process for each, both on the same Postgres and core, asked in turns through the real API. What is
asked for is the same in both: first pages and later ones, common words, rare ones, and mistyped ones.
"""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_server.migrations import configured
from hivesync_server.settings import load

from bench.cores import Cores
from bench.filling import Filling, Vocabulary
from bench.pinned import on_core

FEW = 1_000
_READ_SECONDS = 60.0
_WARM_UP = 20
_TRIES = 3
_NO_RATE_LIMIT = '{"premium": {"requests_per_minute": 1000000000}}'
_MEMORY = "2GB"
"""What Postgres keeps of its tables: as much as a server of this size gives it. It begins with 128 MB."""


def measure_growth(folder: Path, rows: int, calls: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Give p50 and p99 of each kind of request in both sizes, in milliseconds, and the ratios of p99."""
    return asyncio.run(_measure(folder, rows, calls, say))


@dataclass(frozen=True, slots=True)
class _Ask:
    """A request. `onward`: if there is a next page, the next request for the same asks for that one."""

    path: str
    onward: bool = False


@dataclass(slots=True)
class _Installation:
    """A running server with its rows, and where its lists were left."""

    backend: BackendProcess
    filling: Filling
    token: str = ""
    _connection: http.client.HTTPConnection | None = None
    _cursors: dict[str, str] = field(default_factory=dict)

    async def sign_in(self) -> None:
        """Take a token that lasts as long as the measurement: the last one may not outlive the filling."""
        async with self.backend.client() as client:
            self.token = (await BackendUser(client, "reader").sign_in()).tokens["access_token"]

    def timed(self, ask: _Ask) -> float:
        """Ask, and give the milliseconds until all of the answer was there.

        The best of some tries: what differs is what is asked, not what else the machine does meanwhile.
        """
        path = ask.path.replace("HUGE", self.filling.huge_id).replace("LABEL", self.filling.label_id)
        path = f"/api/v1{path}{self._cursors.get(ask.path, '')}"
        (taken, content), *_ = sorted(self._asked(path) for _ in range(_TRIES))
        if ask.onward:
            onward = json.loads(content)["next_cursor"]
            self._cursors[ask.path] = f"&cursor={onward}" if onward else ""
        return taken

    def _asked(self, path: str) -> tuple[float, bytes]:
        if self._connection is None:
            parts = urlsplit(self.backend.url)
            self._connection = http.client.HTTPConnection(
                str(parts.hostname), parts.port, timeout=_READ_SECONDS
            )
        started = time.perf_counter()
        self._connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        answer = self._connection.getresponse()
        content = answer.read()
        taken = (time.perf_counter() - started) * 1000
        assert answer.status == 200, content
        return taken, content


async def _measure(folder: Path, rows: int, calls: int, say: Callable[[str], None]) -> dict[str, Any]:
    vocabulary = Vocabulary()
    with PostgresServer() as postgres:
        await asyncio.to_thread(_give_memory, postgres)
        found: list[_Installation] = []
        try:
            for count in (FEW, rows):
                say(f"  filling a database with {count:,} rows of each kind")
                found.append(await _install(folder / str(count), postgres, count, vocabulary))
            for installation in found:
                await installation.sign_in()
            with on_core(Cores.of_this_machine().load):
                figures = await asyncio.to_thread(_alternate, found, vocabulary, calls, say)
        finally:
            for installation in found:
                await installation.backend.stop()
    return {"few": FEW, "many": rows, "calls": calls, "kinds": figures}


def _give_memory(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET shared_buffers = '{_MEMORY}'")
    postgres.stop()
    postgres.start()


async def _install(folder: Path, postgres: PostgresServer, rows: int, words: Vocabulary) -> _Installation:
    url = postgres.url(postgres.create_database())
    await configured.migrate(load({"DATABASE_URL": url, "HIVESYNC_DATA_DIR": str(folder)}))
    environ = BackendProcess.alone(folder).environ
    backend = BackendProcess({**environ, "DATABASE_URL": url, "TIER_LIMITS": _NO_RATE_LIMIT})
    with on_core(Cores.of_this_machine().relay):
        await backend.start()
    async with backend.client() as client:
        user = await BackendUser(client, "reader").sign_up()
    filling = Filling(url, user.profile["id"], rows, words)
    await asyncio.to_thread(filling.fill)
    await asyncio.to_thread(_make_admin, filling)
    return _Installation(backend, filling)


def _make_admin(filling: Filling) -> None:
    with psycopg.connect(filling.url, autocommit=True) as connection:
        connection.execute("UPDATE users SET is_admin = true WHERE id = %s", (filling.reader_id,))


def _alternate(
    installations: list[_Installation], vocabulary: Vocabulary, calls: int, say: Callable[[str], None]
) -> dict[str, Any]:
    figures = {}
    for kind, asked in _kinds(vocabulary).items():
        times: list[list[float]] = [[] for _ in installations]
        for number, ask in enumerate(itertools.islice(asked, _WARM_UP + calls)):
            for installation, taken in zip(installations, times, strict=True):
                milliseconds = installation.timed(ask)
                if number >= _WARM_UP:
                    taken.append(milliseconds)
        few, many = (statistics.quantiles(taken, n=100) for taken in times)
        figures[kind] = {
            "few_p50_ms": few[49],
            "few_p99_ms": few[98],
            "many_p50_ms": many[49],
            "many_p99_ms": many[98],
            "ratio_of_p50": many[49] / few[49],
            "ratio": many[98] / few[98],
        }
        say(
            f"  {kind}: p50 {few[49]:.1f} ms, {many[49]:.1f} ms; p99 {few[98]:.1f} ms, {many[98]:.1f} ms: "
            f"{many[98] / few[98]:.2f} ×"
        )
    return figures


def _kinds(vocabulary: Vocabulary) -> dict[str, Iterator[_Ask]]:
    """Give the requests of each kind, without end."""
    tasks, comments = "/projects/HUGE/tasks?limit=50", "/projects/HUGE/comments?limit=50"
    columns = [f"{tasks}&status={status}" for status in ("open", "in_progress", "blocked", "done")]
    due = f"{tasks}&due_after=2020-01-01T00:00:00Z"
    return {
        "the task list": _cycle(tasks, f"{tasks}&assignee=me", f"{tasks}&label=LABEL", due),
        "later pages of it": _cycle(tasks, f"{tasks}&assignee=me", f"{tasks}&label=LABEL", due, onward=True),
        "the board": _cycle(*columns),
        "tasks by text": _texts(vocabulary, 2, tasks, "text"),
        "comments": _cycle(comments, f"{comments}&kind=project"),
        "activity": _cycle("/projects/HUGE/activity?limit=50"),
        "notifications": _cycle(*(f"/notifications?limit=50{chosen}" for chosen in ("", *_READ_OR_NOT))),
        "later pages of them": _cycle(
            "/notifications?limit=50", comments, "/projects/HUGE/activity?limit=50", onward=True
        ),
        "how many are unread": _cycle("/notifications/unread"),
        "accounts by text": _texts(vocabulary, 4, "/admin/users?limit=50", "q"),
        "search for one word": _searches(vocabulary, 5, lambda word: word()),
        "search for several": _searches(vocabulary, 6, lambda word: f"{word()} {word()}"),
        "search as one types": _searches(vocabulary, 7, lambda word: word()[:4]),
        "search for mistyped words": _searches(vocabulary, 8, lambda word: _mistyped(word() + word())),
        "later pages of a search": _later(vocabulary),
    }


_READ_OR_NOT = ("&unread=true", "&unread=false")


def _cycle(*paths: str, onward: bool = False) -> Iterator[_Ask]:
    return itertools.cycle([_Ask(path, onward) for path in paths])


def _texts(vocabulary: Vocabulary, seed: int, path: str, name: str) -> Iterator[_Ask]:
    word = _chooser(vocabulary, seed)
    while True:
        yield _Ask(f"{path}&{urlencode({name: word()})}")


def _searches(vocabulary: Vocabulary, seed: int, query: Callable[[Callable[[], str]], str]) -> Iterator[_Ask]:
    word = _chooser(vocabulary, seed)
    while True:
        yield _Ask(f"/search?{urlencode({'q': query(word)})}")


def _later(vocabulary: Vocabulary) -> Iterator[_Ask]:
    word = _chooser(vocabulary, 9)
    while True:
        path = f"/search?{urlencode({'q': word()})}"
        yield from [_Ask(path, onward=True)] * 4


def _chooser(vocabulary: Vocabulary, seed: int) -> Callable[[], str]:
    """Give what chooses a word of any rank; each power of ten is as likely."""
    chance = random.Random(seed)
    return lambda: vocabulary.words[int(len(vocabulary.words) ** chance.random()) - 1]


def _mistyped(word: str) -> str:
    return word[:3] + word[4:]
