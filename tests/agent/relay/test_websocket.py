"""A WebSocket through the relay: every check first, then bytes both ways until both ends have ended."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib

import aiohttp
import pytest
from hivesync_agent.gate import connection as gate_connection
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_backend import RawConnection, answer
from hivesync_dev.servers.raw_http import send_raw

from tests.agent.relay.conftest import StartRaw

ROOM = f"GET {API_PREFIX}/api/v1/rooms/1"
HANDSHAKE = (
    "Connection: keep-alive, Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol: room.v1",
)
SWITCHED = (
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSet-Cookie: a=b\r\n\r\n"
)


async def echo(connection: RawConnection) -> None:
    """Accept, then send everything back."""
    head = await connection.head()
    key = next(line for line in head.split(b"\r\n") if line.startswith(b"Sec-WebSocket-Key: ")).split(b": ")[
        1
    ]
    digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False).digest()
    accept = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    await connection.send(SWITCHED.replace(accept, base64.b64encode(digest)))
    while data := await connection.reader.read(65536):
        await connection.send(data)


async def opened(
    agent: RunningAgent, early: bytes = b""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    """Open a WebSocket and give its streams and the answer's head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
    writer.write(agent.head(ROOM, *HANDSHAKE) + early)
    async with asyncio.timeout(5):
        return reader, writer, await reader.readuntil(b"\r\n\r\n")


async def test_the_handshake_passes_signed_in_and_without_what_must_stay(raw: StartRaw) -> None:
    async with raw(echo) as (agent, backend):
        _, writer, head = await opened(agent)
        (sent,) = backend.connections[0].heads
        writer.close()
    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" in head
    assert b"Sec-WebSocket-Accept: " in head
    assert b"Set-Cookie" not in head
    assert b"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" in sent
    assert b"\r\nSec-WebSocket-Protocol: room.v1\r\n" in sent
    assert b"\r\nAuthorization: Bearer hs_test_" in sent
    assert agent.token.encode() not in sent


async def test_frames_pass_both_ways_also_those_sent_too_early(raw: StartRaw) -> None:
    async with raw(echo) as (agent, _):
        reader, writer, _ = await opened(agent, b"early ")
        writer.write(b"bird")
        async with asyncio.timeout(5):
            assert await reader.readexactly(10) == b"early bird"
        writer.close()


async def test_a_quiet_tunnel_outlives_a_quiet_connection(
    raw: StartRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate_connection, "KEEP_ALIVE_SECONDS", 0.2)
    async with raw(echo) as (agent, _):
        reader, writer, _ = await opened(agent)
        await asyncio.sleep(0.5)
        writer.write(b"still here")
        async with asyncio.timeout(5):
            assert await reader.readexactly(10) == b"still here"
        writer.close()


async def test_a_real_client_talks_through_it(raw: StartRaw) -> None:
    async with raw(echo) as (agent, _):
        url = f"{agent.url}/api/v1/rooms/1"
        async with agent.http.ws_connect(url, autoping=False) as socket:
            await socket.send_str("x" * 100_000)
            # The echo gives our own masked frame back, which a strict client takes for a protocol error.
            message = await socket.receive(timeout=5)
            assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSE)


async def test_each_direction_ends_by_itself(raw: StartRaw) -> None:
    async def last_word(connection: RawConnection) -> None:
        await connection.head()
        await connection.send(SWITCHED)
        got = await connection.reader.read()  # until the client's end
        await connection.send(b"got " + got)

    async with raw(last_word) as (agent, _):
        reader, writer, _ = await opened(agent)
        writer.write(b"all")
        writer.write_eof()
        async with asyncio.timeout(5):
            assert await reader.read() == b"got all"
        writer.close()


async def test_the_backends_end_reaches_the_client_which_may_still_send(raw: StartRaw) -> None:
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def first_to_end(connection: RawConnection) -> None:
        await connection.head()
        await connection.send(SWITCHED + b"bye")
        connection.writer.write_eof()
        heard.set_result(await connection.reader.read())

    async with raw(first_to_end) as (agent, _):
        reader, writer, _ = await opened(agent)
        async with asyncio.timeout(5):
            assert await reader.read() == b"bye"
            writer.write(b"my last words")
            writer.close()
            assert await heard == b"my last words"


@pytest.mark.parametrize("who", ["client", "backend"])
async def test_one_end_that_vanishes_ends_the_other(raw: StartRaw, who: str) -> None:
    gone = asyncio.Event()

    async def conversation(connection: RawConnection) -> None:
        await connection.head()
        await connection.send(SWITCHED)
        if who == "backend":
            connection.reset()
            return
        try:
            await connection.reader.read()
        finally:
            gone.set()

    async with raw(conversation) as (agent, _):
        reader, writer, _ = await opened(agent)
        async with asyncio.timeout(5):
            if who == "client":
                writer.transport.abort()
                await gone.wait()
            else:
                with contextlib.suppress(ConnectionError):
                    assert await reader.read() == b""
        writer.close()


async def test_a_reader_that_does_not_read_slows_the_backend_down(raw: StartRaw) -> None:
    sent = 0

    async def flood(connection: RawConnection) -> None:
        nonlocal sent
        await connection.head()
        await connection.send(SWITCHED)
        while True:
            await connection.send(bytes(65536))
            sent += 65536

    async with raw(flood) as (agent, _):
        _, writer, _ = await opened(agent)
        taken = -1
        while taken != sent:
            taken = sent
            await asyncio.sleep(0.2)
        assert taken < 40_000_000
        writer.transport.abort()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (("Origin: https://evil.example",), 403),
        (("Sec-Fetch-Mode: websocket",), 403),
        (("Authorization: Bearer other",), 400),
        (("Content-Length: 4",), 400),
        (("Upgrade: h2c",), 400),
        (("Sec-WebSocket-Key: another",), 400),
    ],
)
async def test_every_check_comes_before_the_101(raw: StartRaw, change: tuple[str, ...], status: int) -> None:
    async with raw(echo) as (agent, backend):
        got = await send_raw(agent.port, agent.head(ROOM, *HANDSHAKE, *change))
        assert backend.connections == []
    assert got is not None
    assert (got.status, got.closed) == (status, True)


@pytest.mark.parametrize("line", [f"POST {API_PREFIX}/api/v1/rooms/1", f"GET {API_PREFIX}/v1/events"])
async def test_only_a_get_on_a_relayed_route_is_upgraded(raw: StartRaw, line: str) -> None:
    async with raw(echo) as (agent, backend):
        got = await send_raw(agent.port, agent.head(line, *HANDSHAKE))
        assert backend.connections == []
    assert got is not None
    assert (got.status, got.closed) == (400, True)


@pytest.mark.parametrize("missing", [0, 2, 3])
async def test_half_a_handshake_is_refused(raw: StartRaw, missing: int) -> None:
    lines = [line for number, line in enumerate(HANDSHAKE) if number != missing]
    async with raw(echo) as (agent, backend):
        got = await send_raw(agent.port, agent.head(ROOM, *lines))
        assert backend.connections == []
    assert got is not None
    assert (got.status, got.closed) == (400, True)


async def test_a_backend_that_refuses_the_handshake_is_heard(raw: StartRaw) -> None:
    async def refuse(connection: RawConnection) -> None:
        await connection.head()
        await connection.send(answer(b"no such room", status="404 Not Found"))

    async with raw(refuse) as (agent, _):
        got = await send_raw(agent.port, agent.head(ROOM, *HANDSHAKE))
    assert got is not None
    assert (got.status, got.body, got.closed) == (404, b"no such room", True)


async def test_frames_pass_while_the_agent_stops_and_do_not_hold_it_up(raw: StartRaw) -> None:
    async with raw(echo, drain_seconds=1.0) as (agent, _):
        reader, writer, _ = await opened(agent)
        idle_reader, idle = await asyncio.open_connection("127.0.0.1", agent.port)
        agent.agent.switch.stop()
        async with asyncio.timeout(5):
            assert await idle_reader.read() == b""  # from here on it drains
        idle.close()
        writer.write(b"one more")
        async with asyncio.timeout(5):
            assert await reader.readexactly(8) == b"one more"
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize("upgrade", ["websocket", "h2c", "HTTP/2.0", "websocket, h2c", "\twebsocket"])
async def test_what_lies_behind_a_refused_upgrade_is_no_request(raw: StartRaw, upgrade: str) -> None:
    async def refuse(connection: RawConnection) -> None:
        while True:
            await connection.head()
            await connection.send(answer(b"no", status="426 Upgrade Required"))

    lines = [line if not line.startswith("Upgrade: ") else f"Upgrade: {upgrade}" for line in HANDSHAKE]
    async with raw(refuse) as (agent, backend):
        smuggled = agent.head(f"POST {API_PREFIX}/api/v1/projects", "Content-Length: 0")
        got = await send_raw(agent.port, agent.head(ROOM, *lines) + smuggled * 3)
        heads = [head for connection in backend.connections for head in connection.heads]
    assert got is not None
    assert (got.status in (400, 426), got.closed) == (True, True)
    assert not [head for head in heads if head.startswith(b"POST")]
