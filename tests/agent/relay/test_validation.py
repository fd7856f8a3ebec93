"""What is kept of an answer, how it is compared, and when it is forgotten (RFC 9111)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hivesync_dev.servers.raw_backend import RawConnection, answer

from tests.agent.relay.conftest import StartRaw
from tests.agent.relay.test_sharing import read, settle

DATE = "Date: Thu, 26 Nov 2026 10:00:00 GMT"
MODIFIED = "Last-Modified: Thu, 26 Nov 2026 09:00:00 GMT"
ETAG = 'ETag: "1"'
PRIVATE = "Cache-Control: private, no-cache"
NO_STORE = "Cache-Control: no-store"
PROBLEM = "Content-Type: application/problem+json"


class Scripted:
    """A backend that gives one answer after the other, the last one again and again."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.asked: list[bytes] = []

    async def __call__(self, connection: RawConnection) -> None:
        while True:
            self.asked.append(await connection.head())
            await connection.send(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])


def validators(head: bytes) -> list[str]:
    """Give the conditions of a request."""
    lines = head.decode().split("\r\n")
    return [line for line in lines if line.startswith(("If-None-Match", "If-Modified-Since"))]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([DATE, MODIFIED, PRIVATE], ["If-Modified-Since: Thu, 26 Nov 2026 09:00:00 GMT"]),
        ([DATE, MODIFIED, ETAG, PRIVATE], ['If-None-Match: "1"']),
        ([MODIFIED, PRIVATE], []),
        ([DATE, "Last-Modified: Thu, 26 Nov 2026 10:00:00 GMT", PRIVATE], []),
        ([DATE, "Last-Modified: Thu, 26 Nov 2026 11:00:00 GMT", PRIVATE], []),
        ([DATE, "Last-Modified: yesterday", PRIVATE], []),
        (["Date: never", MODIFIED, PRIVATE], []),
        ([DATE, "Last-Modified: Mon, 99 Foo 99999999999999999999 99:99:99 GMT", PRIVATE], []),
        ([DATE, MODIFIED, NO_STORE], []),
    ],
)
async def test_a_stored_answer_is_compared_by_what_it_says_of_itself(
    raw: StartRaw, headers: list[str], expected: list[str]
) -> None:
    backend = Scripted(answer(b"kept", *headers))
    async with raw(backend) as (agent, _):
        for _ in range(2):
            assert (await read(agent)).body == b"kept"
    assert [validators(head) for head in backend.asked] == [[], expected]


async def test_not_modified_since_gives_the_stored_answer(raw: StartRaw) -> None:
    unchanged = f"HTTP/1.1 304 Not Modified\r\n{DATE}\r\n\r\n".encode()
    backend = Scripted(answer(b"kept", DATE, MODIFIED, PRIVATE), unchanged)
    async with raw(backend) as (agent, _):
        await read(agent)
        got = await read(agent)
        assert (got.status, got.body) == (200, b"kept")


@pytest.mark.parametrize("etag", ['"2"', 'W/"2"'])
async def test_not_modified_of_another_version_is_not_believed(raw: StartRaw, etag: str) -> None:
    mistaken = f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
    backend = Scripted(answer(b"old", ETAG, PRIVATE), mistaken, answer(b"new", f"ETag: {etag}", PRIVATE))
    async with raw(backend) as (agent, _):
        await read(agent)
        got = await read(agent)
        assert (got.status, got.body) == (200, b"new")
    assert [validators(head) for head in backend.asked] == [[], ['If-None-Match: "1"'], []]


def no_longer(status: str, *headers: str) -> bytes:
    """Give an answer that takes the place of the stored one."""
    return answer(b"{}", *headers, status=status)


@pytest.mark.parametrize(
    "second",
    [
        no_longer("200 OK", NO_STORE),
        no_longer("200 OK", "Vary: User-Agent"),
        no_longer("404 Not Found", PROBLEM),
        no_longer("410 Gone", PROBLEM),
        no_longer("403 Forbidden", PROBLEM),
        answer(bytes(300_000), ETAG),
        f"HTTP/1.1 304 Not Modified\r\n{ETAG}\r\n{NO_STORE}\r\n\r\n".encode(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"8000\r\n"
        + bytes(0x8000)
        + b"\r\n"
        + b"40000\r\n"
        + bytes(0x40000)
        + b"\r\n0\r\n\r\n",
    ],
)
async def test_what_is_not_so_any_more_is_forgotten(raw: StartRaw, second: bytes) -> None:
    """Neither compared with again, nor given while the backend is away."""
    backend = Scripted(answer(b"old", ETAG, PRIVATE), second, no_longer("404 Not Found", PROBLEM))
    last = "Connection: close"
    async with raw(backend) as (agent, server):
        await read(agent, last)
        await read(agent, last)
        await settle()
        await read(agent, last, line="DELETE /hivesync-desktop-api/api/v1/projects/1")
        await read(agent, last)
        assert [validators(head) for head in backend.asked if head.startswith(b"GET")][2] == []
        await server.__aexit__()
        assert (await read(agent, last)).status == 503


@pytest.mark.parametrize(
    "second",
    [
        no_longer("500 Internal Server Error", PROBLEM, NO_STORE),
        no_longer("503 Service Unavailable", PROBLEM),
        no_longer("429 Too Many Requests", PROBLEM),
        no_longer("408 Request Timeout"),
        no_longer("200 OK", "Content-Type: text/html; charset=utf-8"),
        no_longer("404 Not Found", "Content-Type: TEXT/HTML"),
        no_longer("302 Found", "Location: http://portal.example/"),
    ],
)
async def test_a_moments_failure_takes_nothing_away(raw: StartRaw, second: bytes) -> None:
    backend = Scripted(answer(b"good", ETAG, PRIVATE), second)
    async with raw(backend) as (agent, server):
        await read(agent)
        await read(agent)
        await server.__aexit__()
        got = await read(agent)
        assert (got.status, got.body) == (200, b"good")
        assert got.header("X-HiveSync-Offline") is not None


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error", "429 Too Many Requests"])
async def test_an_error_does_not_end_the_sharing_for_good(raw: StartRaw, status: str) -> None:
    failing = True
    held = asyncio.Event()
    asked = 0

    async def conversation(connection: RawConnection) -> None:
        nonlocal asked
        while True:
            await connection.head()
            asked += 1
            if failing:
                await connection.send(answer(b"{}", PROBLEM, status=status))
            else:
                await held.wait()
                await connection.send(answer(b"good", PRIVATE))

    async with raw(conversation) as (agent, _):
        assert (await read(agent)).status != 200
        failing = False
        reading = [asyncio.create_task(read(agent)) for _ in range(5)]
        await settle()
        held.set()
        assert {(await got).body for got in reading} == {b"good"}
    assert asked == 2


async def test_an_answer_that_can_be_shared_is_shared_again_after_one_that_could_not(raw: StartRaw) -> None:
    held = asyncio.Event()
    give: Callable[[], bytes] = lambda: answer(b"one", "Vary: User-Agent")  # noqa: E731
    asked = 0

    async def conversation(connection: RawConnection) -> None:
        nonlocal asked
        while True:
            await connection.head()
            asked += 1
            await held.wait()
            await connection.send(give())

    async with raw(conversation) as (agent, _):
        held.set()
        await read(agent)
        give = lambda: answer(b"all", PRIVATE)  # noqa: E731
        await read(agent)
        held.clear()
        reading = [asyncio.create_task(read(agent)) for _ in range(5)]
        await settle()
        held.set()
        assert {(await got).body for got in reading} == {b"all"}
    assert asked == 3
