"""Reads that are asked for by several at once, or were answered before."""

from __future__ import annotations

import asyncio
import contextlib
import tracemalloc

import pytest
from hivesync_agent.relay.cache import TOTAL_BYTES, PrivateCache, key_of, may_store
from hivesync_agent.relay.reads import Reads, SharedRead
from hivesync_agent.wire.messages import AnswerHead, by_name
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_backend import RawConnection, answer
from hivesync_dev.servers.raw_http import RawAnswer, send_raw
from hivesync_dev.waiting import holds

from tests.agent.relay.conftest import StartRaw

GET = f"GET {API_PREFIX}/api/v1/projects"


class Library:
    """A backend of one document with an ETag, which can be held back and changed."""

    def __init__(self, *headers: str) -> None:
        self.headers = headers or ("Cache-Control: private, no-cache",)
        self.body = b"first edition"
        self.etag = '"1"'
        self.asked: list[bytes] = []
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self, connection: RawConnection) -> None:
        while True:
            head = await connection.head()
            self.asked.append(head)
            await self.go.wait()
            tag = f"ETag: {self.etag}"
            if f"If-None-Match: {self.etag}\r\n".encode() in head:
                await connection.send(f"HTTP/1.1 304 Not Modified\r\n{tag}\r\nX-Fresh: 1\r\n\r\n".encode())
            else:
                await connection.send(answer(self.body, tag, *self.headers))

    async def until_asked(self, times: int) -> None:
        """Wait until so many requests have come."""
        for _ in range(500):
            if len(self.asked) >= times:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"asked {len(self.asked)} times")


async def read(agent: RunningAgent, *extra: str, line: str = GET) -> RawAnswer:
    """Ask on a connection of its own."""
    got = await send_raw(agent.port, agent.head(line, *extra))
    assert got is not None
    return got


async def settle() -> None:
    """Let what was sent arrive."""
    await asyncio.sleep(0.1)


async def test_reads_at_the_same_time_are_one_question(raw: StartRaw) -> None:
    library = Library()
    library.go.clear()
    async with raw(library) as (agent, _):
        reading = [asyncio.create_task(read(agent)) for _ in range(8)]
        await library.until_asked(1)
        await settle()
        library.go.set()
        assert [(await got).body for got in reading] == [b"first edition"] * 8
    assert len(library.asked) == 1


@pytest.mark.parametrize(
    "extra",
    [
        ("Accept: text/plain",),
        ("Accept-Language: de",),
        ("Range: bytes=0-3",),
        ('If-None-Match: "7"',),
        ("Cache-Control: no-cache",),
    ],
)
async def test_reads_that_differ_are_asked_separately(raw: StartRaw, extra: tuple[str, ...]) -> None:
    library = Library()
    library.go.clear()
    async with raw(library) as (agent, _):
        reading = [asyncio.create_task(read(agent)), asyncio.create_task(read(agent, *extra))]
        await library.until_asked(2)
        library.go.set()
        assert [(await got).status for got in reading] == [200, 200]


async def test_the_first_asker_may_leave(raw: StartRaw) -> None:
    library = Library()
    library.go.clear()
    async with raw(library) as (agent, _):
        _, first = await asyncio.open_connection("127.0.0.1", agent.port)
        first.write(agent.head(GET))
        await library.until_asked(1)
        second = asyncio.create_task(read(agent))
        await settle()
        first.transport.abort()
        await settle()
        library.go.set()
        assert (await second).body == b"first edition"
    assert len(library.asked) == 1


async def test_an_answer_that_nobody_is_left_to_read_is_not_read_to_its_end(raw: StartRaw) -> None:
    go, ended = asyncio.Event(), asyncio.Event()

    async def endless(connection: RawConnection) -> None:
        await connection.head()
        await go.wait()
        if connection.number == 2:
            await connection.send(answer(b"second"))
            return
        await connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                await connection.send(b"1\r\nx\r\n")
                await asyncio.sleep(0.01)
        except ConnectionError:
            ended.set()

    async with raw(endless) as (agent, backend):
        _, first = await asyncio.open_connection("127.0.0.1", agent.port)
        first.write(agent.head(GET))
        await holds(lambda: bool(backend.connections))
        second = asyncio.create_task(read(agent))
        await settle()
        first.transport.abort()
        await settle()
        go.set()
        assert (await second).body == b"second"
        async with asyncio.timeout(5):
            await ended.wait()


async def test_a_question_that_all_have_left_is_closed_to_newcomers(raw: StartRaw) -> None:
    go, abandoned = asyncio.Event(), asyncio.Event()

    async def slow(connection: RawConnection) -> None:
        await connection.head()
        await go.wait()
        await connection.send(answer(b"edition %d" % connection.number, 'ETag: "1"'))
        with contextlib.suppress(ConnectionError):
            await connection.reader.read()
        abandoned.set()

    async with raw(slow) as (agent, backend):
        _, leader = await asyncio.open_connection("127.0.0.1", agent.port)
        leader.write(agent.head(GET))
        await holds(lambda: bool(backend.connections))
        follower = asyncio.create_task(read(agent))
        await settle()
        leader.transport.abort()
        await settle()
        follower.cancel()
        await settle()
        go.set()
        async with asyncio.timeout(5):
            await abandoned.wait()
        assert (await read(agent)).body == b"edition 2"


@pytest.mark.parametrize(
    "extra",
    [("Connection: Accept", "Accept: text/plain"), ("Accept: text/html", "Accept: text/plain")],
)
async def test_no_answer_is_kept_for_a_question_that_was_not_asked(
    raw: StartRaw, extra: tuple[str, ...]
) -> None:
    library = Library("Cache-Control: private, max-age=60", "Vary: Accept")
    async with raw(library) as (agent, _):
        await read(agent, *extra)
        await read(agent, "Accept: text/plain")
    assert len(library.asked) == 2


async def test_a_follower_may_leave(raw: StartRaw) -> None:
    library = Library()
    library.go.clear()
    async with raw(library) as (agent, _):
        first = asyncio.create_task(read(agent))
        await library.until_asked(1)
        _, second = await asyncio.open_connection("127.0.0.1", agent.port)
        second.write(agent.head(GET))
        await settle()
        second.transport.abort()
        await settle()
        library.go.set()
        assert (await first).body == b"first edition"


@pytest.mark.parametrize("header", ["Cache-Control: no-store", "Vary: X-HiveSync-Client", "Vary: *"])
async def test_an_answer_for_one_is_given_to_one(raw: StartRaw, header: str) -> None:
    library = Library(header)
    library.go.clear()
    async with raw(library) as (agent, _):
        reading = [asyncio.create_task(read(agent)) for _ in range(3)]
        await library.until_asked(1)
        await settle()
        library.go.set()
        assert [(await got).status for got in reading] == [200] * 3
        assert len(library.asked) == 3
        await read(agent)
    assert not any(b"If-None-Match" in head for head in library.asked)


async def test_a_stream_is_not_waited_for(raw: StartRaw) -> None:
    async def stream(connection: RawConnection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        await connection.reader.read()

    async with raw(stream) as (agent, backend):
        streams = [await asyncio.open_connection("127.0.0.1", agent.port) for _ in range(3)]
        for _, writer in streams:
            writer.write(agent.head(GET))
        for reader, writer in streams:
            async with asyncio.timeout(5):
                await reader.readuntil(b"3\r\nabc\r\n")
            writer.close()
        assert len(backend.connections) == 3


async def test_who_has_changed_something_does_not_join_an_older_question(raw: StartRaw) -> None:
    held = asyncio.Event()

    async def conversation(connection: RawConnection) -> None:
        while True:
            head = await connection.head()
            if head.startswith(b"GET") and connection.number == 1:
                await held.wait()
                await connection.send(answer(b"old"))
            else:
                await connection.send(answer(b"new"))

    async with raw(conversation) as (agent, _):
        first = asyncio.create_task(read(agent))
        await settle()
        changed = await read(agent, "Content-Length: 0", line=f"POST {API_PREFIX}/api/v1/projects")
        assert changed.status == 200
        assert (await read(agent)).body == b"new"
        held.set()
        assert (await first).body == b"old"


async def test_a_second_read_is_compared_and_not_sent_again(raw: StartRaw) -> None:
    library = Library()
    async with raw(library) as (agent, _):
        await read(agent)
        again = await read(agent)
        assert (again.status, again.body) == (200, b"first edition")
        assert again.header("X-Fresh") == "1"
        assert again.header("ETag") == '"1"'
        assert b'If-None-Match: "1"\r\n' in library.asked[1]
        library.body, library.etag = b"second edition", '"2"'
        assert (await read(agent)).body == b"second edition"
        assert (await read(agent)).body == b"second edition"
    assert b'If-None-Match: "2"\r\n' in library.asked[3]


async def test_a_clients_own_validator_is_its_own(raw: StartRaw) -> None:
    library = Library()
    async with raw(library) as (agent, _):
        await read(agent)
        got = await send_raw(agent.port, agent.head(GET, 'If-None-Match: "1"', "Connection: close"))
    assert got is not None
    assert got.status == 304


async def test_what_the_backend_calls_fresh_is_given_without_asking_until_something_changes(
    raw: StartRaw,
) -> None:
    library = Library("Cache-Control: private, max-age=60")
    async with raw(library) as (agent, _):
        await read(agent)
        assert (await read(agent)).body == b"first edition"
        assert len(library.asked) == 1
        await read(agent, "Content-Length: 0", line=f"DELETE {API_PREFIX}/api/v1/projects/1")
        await read(agent)
    assert len(library.asked) == 3


async def test_what_must_not_be_stored_is_looked_at_anew_after_a_change(raw: StartRaw) -> None:
    library = Library("Cache-Control: no-store")
    async with raw(library) as (agent, _):
        for _ in range(3):
            await read(agent)
        assert not [asked for asked in library.asked if b"If-None-Match" in asked]
        library.headers = ("Cache-Control: private, no-cache",)
        await read(agent, "Content-Length: 0", line=f"DELETE {API_PREFIX}/api/v1/projects/1")
        await read(agent)
        assert (await read(agent)).body == b"first edition"
    assert b'If-None-Match: "1"\r\n' in library.asked[-1]


def an_answer(*headers: tuple[bytes, bytes], length: int = 2) -> AnswerHead:
    """Give the head of a 200."""
    return AnswerHead(200, b"OK", list(headers), by_name(headers), has_body=True, length=length)


@pytest.mark.parametrize(
    ("headers", "length", "stored"),
    [
        ((), 2, True),
        (((b"Cache-Control", b"private, NO-STORE"),), 2, False),
        (((b"Cache-Control", b"no-store"), (b"Cache-Control", b"max-age=60")), 2, False),
        (((b"Content-Type", b"text/event-stream; charset=utf-8"),), 2, False),
        (((b"Vary", b"Accept, accept-encoding"), (b"Vary", b"Authorization, Cookie, Origin")), 2, True),
        (((b"Vary", b"User-Agent"),), 2, False),
        ((), 10_000_000, False),
    ],
)
def test_what_may_be_kept(headers: tuple[tuple[bytes, bytes], ...], length: int, stored: bool) -> None:
    assert may_store(an_answer(*headers, length=length)) is stored


def test_the_cache_is_bounded_and_forgets_the_least_recently_used() -> None:
    cache = PrivateCache()
    for number in range(100):
        cache.store(key_of(f"/{number}", {}), an_answer(), bytes(TOTAL_BYTES // 10), cache.now())
        assert cache.find(key_of("/0", {})) is not None
    assert sum(len(entry.body) for _, entry in cache.entries()) <= TOTAL_BYTES
    assert cache.find(key_of("/1", {})) is None


@pytest.mark.parametrize(
    ("target", "headers", "body_bytes"),
    [("/", 4, 20), ("/", 4, 2_000), ("/?" + "q" * 4_000, 4, 20), ("/", 16, 20), ("/", 0, 0)],
    ids=["small answers", "bodies", "long targets", "many headers", "nothing but entries"],
)
def test_the_bound_of_the_cache_is_one_of_memory(target: str, headers: int, body_bytes: int) -> None:
    cache = PrivateCache()
    more_than_fit = 2 * TOTAL_BYTES // (500 + len(target) + headers * 100 + body_bytes)
    tracemalloc.start()
    try:
        for number in range(more_than_fit):
            head = an_answer(*((b"x-%d-%d" % (number, each), b"%d" % number) for each in range(headers)))
            cache.store(key_of(f"{target}{number}", {}), head, bytes(body_bytes), float(number))
        held_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert TOTAL_BYTES / 2 < held_bytes < TOTAL_BYTES * 1.1


def test_the_cache_counts_what_it_gives_back() -> None:
    cache = PrivateCache()
    for number in range(TOTAL_BYTES // 100_000 * 3):
        entry = cache.store(key_of("/", {}), an_answer(), bytes(100_000), cache.now())
        cache.validated(key_of("/", {}), entry, an_answer((b"x-number", b"%d" % number)), cache.now())
        cache.drop(key_of(f"/{number - 1}", {}))
        cache.store(key_of(f"/{number}", {}), an_answer(), bytes(100_000), cache.now())
    assert cache.find(key_of("/", {})) is not None
    assert cache.find(key_of(f"/{number}", {})) is not None


def test_age_counts_what_the_answer_says_of_itself_and_time_spent_here() -> None:
    now = 1000.0
    cache = PrivateCache(clock=lambda: now)
    head = an_answer((b"Age", b"10"), (b"Cache-Control", b"max-age=60"))
    entry = cache.store(key_of("/", {}), head, b"ok", cache.now())
    now += 49
    assert cache.is_fresh(entry)
    assert cache.answer(entry).age_seconds == 59
    now += 2
    assert not cache.is_fresh(entry)
    now -= 3600  # the clock was set back: nobody knows how old it is
    assert not cache.is_fresh(entry)


def test_what_was_asked_in_an_earlier_session_is_not_kept_in_the_next() -> None:
    reads = Reads(PrivateCache())
    reads.session_changed(True)
    read = SharedRead(reads, key_of("/", {}))
    read.lead()
    read.asked()
    read.head_came(an_answer())
    read.body_came(b"ok")
    reads.session_changed(True)  # somebody else has signed in meanwhile
    read.body_ended()
    assert reads.cache.entries() == []
