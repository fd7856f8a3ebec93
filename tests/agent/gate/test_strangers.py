"""Anybody on the machine can connect: whoever never shows the token shuts nobody out and is soon gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import pytest
from hivesync_agent.gate import connection, connections
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_http import RawAnswer, read_answer, send_raw
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hivesync_dev.waiting import holds

SESSION = f"GET {API_PREFIX}/v1/session"
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def connected(agent: RunningAgent, count: int, sent: bytes = b"") -> AsyncIterator[list[Stream]]:
    """That many connections, each of which has sent the same; they are read by nobody."""
    streams: list[Stream] = []
    try:
        for _ in range(count):
            stream = await asyncio.open_connection("127.0.0.1", agent.port)
            streams.append(stream)
            if sent:
                stream[1].write(sent)
        yield streams
    finally:
        for _, writer in streams:
            writer.transport.abort()


async def asked(stream: Stream, head: bytes) -> RawAnswer | None:
    """Ask on a connection that is open already."""
    stream[1].write(head)
    async with asyncio.timeout(10):
        return await read_answer(stream[0])


async def ended(stream: Stream) -> None:
    """Wait until the agent has closed the connection, and throw away what it sent before."""
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionError):
            await stream[0].read()


NONCE = "ab" * 16
PROOF = "GET {path}/?nonce={nonce} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-HiveSync-Client: evil/1\r\n\r\n"


@pytest.mark.parametrize("what", ["nothing", "half a head", "proofs", "half a refused body"])
async def test_six_hundred_strangers_shut_no_editor_out(
    signed_in: RunningAgent, backend: UpstreamBackend, what: str
) -> None:
    sent = {
        "nothing": b"",
        "half a head": b"GET / HTTP/1.1\r\nHost: ",
        "proofs": PROOF.format(path=API_PREFIX, nonce=NONCE, port=signed_in.port).encode(),
        "half a refused body": signed_in.head(
            f"POST {API_PREFIX}/api/v1/projects", "Content-Length: 9"
        ).replace(signed_in.token.encode(), b"x" * 43)
        + b"half",
    }[what]
    async with connected(signed_in, 1) as (early,):
        assert (await asked(early, signed_in.head(SESSION))) is not None
        async with connected(signed_in, 600, sent) as strangers, connected(signed_in, 1) as (late,):
            for stream in (early, late):
                answer = await asked(stream, signed_in.head(f"GET {API_PREFIX}/api/v1/projects"))
                assert answer is not None
                assert answer.status == 200
            for stream in strangers[:400]:
                await ended(stream)
    assert len(backend.relayed()) == 2


async def test_of_strangers_the_oldest_goes_and_not_the_newest(
    agent: RunningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_STRANGERS", 3)
    async with connected(agent, 4) as strangers:
        await ended(strangers[0])
        for stream in strangers[1:]:
            answer = await asked(stream, agent.head(SESSION))
            assert answer is not None
            assert answer.status == 200


async def test_who_keeps_asking_for_the_proof_stays_a_stranger(
    agent: RunningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_STRANGERS", 2)
    proof = PROOF.format(path=API_PREFIX, nonce=NONCE, port=agent.port).encode()
    async with connected(agent, 2) as (busy, idle):
        for _ in range(3):
            answer = await asked(busy, proof)
            assert answer is not None
            assert answer.status == 200
        async with connected(agent, 1):
            await ended(busy)
            assert await asked(idle, proof) is not None


async def test_where_all_have_shown_the_token_the_idlest_makes_room(
    signed_in: RunningAgent, backend: UpstreamBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 3)
    async with connected(signed_in, 3) as (waits, idle, fresh):
        waits[1].write(signed_in.head(f"GET {API_PREFIX}/api/v1/streams/later"))
        await backend.streams.waiting.wait()
        for stream in (idle, fresh):
            assert await asked(stream, signed_in.head(SESSION)) is not None
        assert await send_raw(signed_in.port, signed_in.head(SESSION)) is not None
        await ended(idle)
        assert await asked(fresh, signed_in.head(SESSION)) is not None
        backend.streams.release.set()
        answer = await read_answer(waits[0])
        assert answer is not None
        assert answer.status == 200


async def test_nobody_who_is_being_served_makes_room(
    signed_in: RunningAgent, backend: UpstreamBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 2)
    async with connected(signed_in, 2) as served:
        for number, (_, writer) in enumerate(served):
            writer.write(signed_in.head(f"GET {API_PREFIX}/api/v1/streams/later?{number}"))
        await holds(lambda: len(backend.relayed()) == 2)
        assert await send_raw(signed_in.port, signed_in.head(SESSION)) is None
        backend.streams.release.set()
        for reader, _ in served:
            answer = await read_answer(reader)
            assert answer is not None
            assert answer.status == 200
    answer = None
    async with asyncio.timeout(5):
        while answer is None:
            answer = await send_raw(signed_in.port, signed_in.head(SESSION))


async def test_an_idle_stranger_is_closed_sooner_than_an_idle_editor(
    agent: RunningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "STRANGER_SECONDS", 0.1)
    async with connected(agent, 3) as (editor, silent, refused):
        assert await asked(editor, agent.head(SESSION)) is not None
        proof = PROOF.format(path=API_PREFIX, nonce=NONCE, port=agent.port).encode()
        assert await asked(refused, proof) is not None
        async with asyncio.timeout(5):
            assert await silent[0].read() == b""
            assert await refused[0].read() == b""
        assert await asked(editor, agent.head(SESSION)) is not None


async def test_strangers_cant_fill_the_log(
    agent: RunningAgent, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_STRANGERS", 1)
    caplog.set_level(logging.INFO, "hivesync")
    async with connected(agent, 50, b"\0\r\n\r\n") as streams:
        for stream in streams[:-1]:
            await ended(stream)
    about = [record for record in caplog.records if record.name == "hivesync.gate"]
    assert [record.getMessage() for record in about] == ["too many connections"]
