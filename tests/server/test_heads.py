"""Heads of requests: bounded in size and time, with one Host, and a refusal that nothing slips past."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from hivesync_dev.servers.running_backend import RunningBackend

if sys.platform == "win32":
    pytest.skip("h11 has limits of its own", allow_module_level=True)
from hivesync_server.http.heads import BoundedHeads

pytestmark = pytest.mark.any_database

LINE = b"GET /api/v1/health HTTP/1.1\r\n"
HOST = b"Host: localhost\r\n"
GOOD = LINE + HOST + b"\r\n"


class Wire:
    """A connection to the backend, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self._writer.drain()

    async def answers(self) -> list[int]:
        """Give the status of every answer, once the backend has closed the connection."""
        everything = b""
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(10):
                everything = await self._reader.read()
        return [int(part[:3]) for part in everything.split(b"HTTP/1.1 ")[1:]]

    async def status(self) -> int:
        async with asyncio.timeout(10):
            return int((await self._reader.readuntil(b"\r\n\r\n"))[9:12])

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()


Dial = Callable[[], Awaitable[Wire]]


@pytest.fixture
async def dial(backend: RunningBackend) -> AsyncIterator[Dial]:
    """Opens a connection."""
    opened: list[Wire] = []

    async def connect() -> Wire:
        opened.append(Wire(*await asyncio.open_connection("127.0.0.1", backend.settings.http.port)))
        return opened[-1]

    yield connect
    for wire in opened:
        await wire.close()


async def test_heads_have_a_largest_size_and_exactly_one_host(dial: Dial) -> None:
    filling = b"X-Filling: " + b"a" * 8_000 + b"\r\n"
    refused = {
        LINE + HOST + filling * 9 + b"\r\n": 431,
        LINE + HOST + b"X-Endless: " + b"a" * 500_000: 431,  # not one header of it is complete
        b"GET /" + b"a" * 500_000: 431,
        LINE + HOST + b"X: y\r\n" * 30_000 + b"\r\n": 431,
        LINE + b"\r\n": 400,
        LINE + HOST + b"host: elsewhere.test\r\n\r\n": 400,
        LINE + b"Host: localhost/admin?\r\n\r\n": 400,
        LINE + b"Host: user@localhost\r\n\r\n": 400,
        # What came along with a refused head is not answered either, be it its body or another request.
        LINE + HOST * 2 + b"Content-Length: 3\r\n\r\nabc" + GOOD: 400,
    }
    for head, status in refused.items():
        wire = await dial()
        await wire.send(head)
        assert await wire.answers() == [status], head[:60]
    taken = await dial()
    await taken.send(LINE + HOST + filling * 7 + b"\r\n" + LINE + HOST + b"Connection: close\r\n\r\n")
    assert await taken.answers() == [200, 200]
    for rest in (
        b"0\r\nX-Endless: " + b"a" * 500_000,
        b"1;" + b"a" * 500_000,
        b"0\r\n" + b"X: y\r\n" * 100_000,
    ):
        endless = await dial()
        await endless.send(
            b"POST /api/v1/auth/login HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HOST + b"\r\n" + rest
        )
        assert await endless.answers() == []
    crumbs = await dial()
    await crumbs.send(b"POST /api/v1/auth/login HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HOST + b"\r\n")
    await crumbs.send(b"1\r\n \r\n" * 30_000 + b"0\r\nHost: elsewhere.test\r\n\r\n")
    assert await crumbs.status() == 422
    old = await dial()
    await old.send(b"GET /api/v1/health HTTP/1.0\r\n\r\n")
    assert await old.answers() == [200]


async def test_a_head_that_does_not_end_is_waited_for_so_long(
    dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BoundedHeads, "head_seconds", 0.3)
    silent, slow, later, busy = [await dial() for _ in range(4)]
    await slow.send(LINE)
    await later.send(GOOD + LINE)
    # The time of a body and of an answer does not count.
    await busy.send(b"POST /api/v1/auth/login HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\n{")
    assert await silent.answers() == await slow.answers() == [408]
    assert await later.answers() == [200, 408]
    await busy.send(b"}")
    assert await busy.status() == 422


async def test_blank_lines_between_requests_are_waited_for_no_longer(
    dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BoundedHeads, "head_seconds", 0.3)
    blank, many, polite = [await dial() for _ in range(3)]
    for wire in (blank, many, polite):
        await wire.send(GOOD)
        assert await wire.status() == 200
    await blank.send(b"\r\n")
    await many.send(b"\r\n" * 40_000)
    await polite.send(b"\r\n" + LINE + HOST + b"Connection: close\r\n\r\n")
    assert await polite.answers() == [200]
    assert await blank.answers() == [408]
    assert await many.answers() == [431]
