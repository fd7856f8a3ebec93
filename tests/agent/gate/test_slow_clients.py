"""Clients that send or take too slowly, in every phase of a connection: ended in time, and only they."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest
from hivesync_agent.gate import connection, delivery
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_backend import RawConnection
from hivesync_dev.servers.raw_http import read_answer, send_raw
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hivesync_dev.waiting import holds

from tests.agent.relay.conftest import StartRaw, raw
from tests.agent.relay.test_websocket import HANDSHAKE, ROOM, SWITCHED

__all__ = ["raw"]

SESSION = f"GET {API_PREFIX}/v1/session"
STREAMS = f"{API_PREFIX}/api/v1/streams"


async def small_window(
    port: int, held_bytes: int = 16 * 1024
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect with a socket that holds little, and a reader that reads no more than it is asked for."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, held_bytes)
    client.setblocking(False)
    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
    return await asyncio.open_connection(sock=client, limit=1024)


async def test_each_byte_of_a_head_buys_no_time(agent: RunningAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.4)
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)

    async def drip() -> None:
        for byte in agent.head(SESSION) * 10:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())
    began = time.monotonic()
    async with asyncio.timeout(10):
        answer = await read_answer(reader)
    dripping.cancel()
    writer.transport.abort()
    assert answer is not None
    assert (answer.status, answer.closed) == (408, True)
    assert time.monotonic() - began < 5


async def test_the_next_head_on_a_kept_connection_has_its_own_time(
    agent: RunningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
    for _ in range(3):
        writer.write(agent.head(SESSION)[:40])
        await asyncio.sleep(0.15)
        writer.write(agent.head(SESSION)[40:])
        answer = await read_answer(reader)
        assert answer is not None
        assert answer.status == 200
    writer.write(agent.head(SESSION)[:40])
    async with asyncio.timeout(5):
        answer = await read_answer(reader)
    writer.close()
    assert answer is not None
    assert answer.status == 408


async def test_an_idle_connection_is_closed_without_a_word(
    agent: RunningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "KEEP_ALIVE_SECONDS", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
    writer.write(agent.head(SESSION))
    assert await read_answer(reader) is not None
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()


async def test_many_bodies_that_stop_coming_hold_no_editor_up(
    signed_in: RunningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BODY_SECONDS", 1.0)
    heads = [
        signed_in.head(f"POST {STREAMS}/upload", "Transfer-Encoding: chunked") + b"4\r\nhalf\r\n",
        signed_in.head(f"POST {STREAMS}/upload", "Content-Length: 60000") + b"half",
        signed_in.head(f"POST {STREAMS}/upload", "Content-Length: 9000000") + b"half",
        signed_in.head(f"POST {API_PREFIX}/v1/session/login", "Content-Length: 100") + b"{",
    ]
    slow = [await asyncio.open_connection("127.0.0.1", signed_in.port) for _ in range(100)]
    for number, (_, writer) in enumerate(slow):
        writer.write(heads[number % len(heads)])
    for _ in range(5):
        answer = await send_raw(signed_in.port, signed_in.head(f"GET {API_PREFIX}/api/v1/projects"))
        assert answer is not None
        assert answer.status == 200
    async with asyncio.timeout(20):
        answers = [await read_answer(reader) for reader, _ in slow]
    for _, writer in slow:
        writer.close()
    assert {(answer.status, answer.closed) for answer in answers if answer is not None} == {(408, True)}
    assert None not in answers


@pytest.mark.parametrize("chunked", ["0", "1"])
async def test_a_client_that_takes_nothing_is_given_up_and_the_backend_set_free(
    signed_in: RunningAgent, backend: UpstreamBackend, monkeypatch: pytest.MonkeyPatch, chunked: str
) -> None:
    monkeypatch.setattr(delivery, "STALLED_SECONDS", 0.3)
    reader, writer = await small_window(signed_in.port)
    writer.write(signed_in.head(f"GET {STREAMS}/download?bytes=100000000&chunked={chunked}"))
    await reader.readuntil(b"\r\n\r\n")
    async with asyncio.timeout(10):
        await backend.streams.left.wait()
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await reader.readexactly(100_000_000)
    writer.close()


async def test_a_client_that_takes_little_but_goes_on_gets_everything(
    signed_in: RunningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So little that the system's own buffer does not tell of room in time."""
    monkeypatch.setattr(delivery, "STALLED_SECONDS", 0.5)
    reader, writer = await small_window(signed_in.port, 128 * 1024)
    size = 5_000_000
    writer.write(signed_in.head(f"GET {STREAMS}/download?bytes={size}", "Connection: close"))
    await reader.readuntil(b"\r\n\r\n")
    taken = 0
    while data := await reader.read(75_000):
        taken += len(data)
        await asyncio.sleep(0.05)
    writer.close()
    assert taken == size


async def test_what_waits_after_a_whole_answer_is_not_kept_for_ever_either(
    signed_in: RunningAgent, monkeypatch: pytest.MonkeyPatch, raw: StartRaw
) -> None:
    """The answer is whole and small enough to wait in the agent: only an idle connection is left to end."""
    monkeypatch.setattr(delivery, "STALLED_SECONDS", 0.2)
    monkeypatch.setattr(connection, "KEEP_ALIVE_SECONDS", 0.1)
    gone = asyncio.Event()
    lose = connection.ClientConnection.connection_lost

    def lost(self: connection.ClientConnection, exc: Exception | None) -> None:
        gone.set()
        lose(self, exc)

    monkeypatch.setattr(connection.ClientConnection, "connection_lost", lost)
    reader, writer = await small_window(signed_in.port)
    writer.write(signed_in.head(f"GET {STREAMS}/download?bytes=6000000"))
    await reader.readuntil(b"\r\n\r\n")
    async with asyncio.timeout(10):
        await gone.wait()
    writer.transport.abort()


async def test_a_websocket_that_nobody_reads_is_given_up(
    raw: StartRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "STALLED_SECONDS", 0.3)
    ended = asyncio.Event()

    async def flood(backend: RawConnection) -> None:
        await backend.head()
        await backend.send(SWITCHED)
        try:
            while True:
                await backend.send(bytes(65536))
        except ConnectionError:
            ended.set()

    async with raw(flood) as (agent, _):
        reader, writer = await small_window(agent.port)
        writer.write(agent.head(ROOM, *HANDSHAKE))
        await reader.readuntil(b"\r\n\r\n")
        async with asyncio.timeout(10):
            await ended.wait()
        writer.transport.abort()


async def test_a_reader_of_events_that_stops_reading_is_given_up(
    agent: RunningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "STALLED_SECONDS", 0.3)
    bus = agent.agent.bus
    reader, writer = await small_window(agent.port)
    writer.write(agent.head(f"GET {API_PREFIX}/v1/events"))
    await reader.readuntil(b": hivesync\n\n")
    most = 0

    def one_has_left() -> bool:  # the agent's own parts listen, too, and stay
        nonlocal most
        bus.publish("device.console", {"text": "x" * 100_000})
        most = max(most, bus.subscribers)
        return bus.subscribers < most

    await holds(one_has_left)
    writer.transport.abort()
