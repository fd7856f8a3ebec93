"""What is under way when a session ends: no read of the earlier user goes on, no write is made by another."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from hivesync.credentials.session import new_session
from hivesync.credentials.store import MemoryStore
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_backend import RawConnection
from hivesync_dev.servers.raw_http import read_answer
from hivesync_dev.servers.second_user import BOB, sign_in_as_bob, sign_out
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hivesync_dev.waiting import holds

from tests.agent.relay.conftest import StartRaw
from tests.agent.relay.test_websocket import SWITCHED, opened

RELAYED = f"{API_PREFIX}/api/v1"
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def asking(
    agent: RunningAgent, line: str, *extra: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send a request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
    writer.write(agent.head(line, *extra))
    return reader, writer


async def rest_of(reader: asyncio.StreamReader) -> bytes:
    """Give what comes until the agent ends the connection."""
    got = b""
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(5):
            while data := await reader.read(65536):
                got += data
    return got


@pytest.mark.parametrize("how", ["sign-out", "another user"])
@pytest.mark.parametrize("path", ["streams/drip", "events"])
async def test_a_stream_that_has_begun_is_broken_off(
    signed_in: RunningAgent, backend: UpstreamBackend, path: str, how: str
) -> None:
    await holds(lambda: backend.event_streams == 1)  # the agent's own
    reader, writer = await asking(signed_in, f"GET {RELAYED}/{path}")
    await reader.readuntil(b"first" if path == "streams/drip" else b": hello\n\n")
    await (sign_out(signed_in) if how == "sign-out" else sign_in_as_bob(signed_in, backend))
    backend.publish("up-1", "notification.created", '{"text":"whose?"}')
    assert b"whose?" not in (rest := await rest_of(reader))
    assert not rest.endswith(b"0\r\n\r\n")  # nothing that could be taken for its end
    writer.close()
    if path == "streams/drip":
        async with asyncio.timeout(5):
            await backend.streams.left.wait()


async def test_a_websocket_is_broken_off_at_both_ends(raw: StartRaw) -> None:
    ended = asyncio.Event()

    async def talk(connection: RawConnection) -> None:
        await connection.head()
        await connection.send(SWITCHED + b"hello")
        with contextlib.suppress(ConnectionError):
            await connection.reader.read()
        ended.set()

    async with raw(talk) as (agent, _):
        reader, writer, _ = await opened(agent)
        assert await reader.readexactly(5) == b"hello"
        agent.agent.access._key = "of another session"  # type: ignore[union-attr]
        agent.agent._session_changed(True, "signed in")
        async with asyncio.timeout(5):
            await ended.wait()
        assert await rest_of(reader) == b""
        writer.close()


async def test_a_read_that_waits_for_its_answer_is_refused_after_a_sign_out(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    reader, writer = await asking(signed_in, f"GET {RELAYED}/streams/hang")
    await backend.streams.waiting.wait()
    await sign_out(signed_in)
    async with asyncio.timeout(5):
        answer = await read_answer(reader)
        await backend.streams.left.wait()
    writer.close()
    assert answer is not None
    assert answer.status == 401
    assert b'"AUTH_REQUIRED"' in answer.body


@pytest.mark.parametrize("readers", [1, 3])
async def test_a_read_that_waits_for_its_answer_is_asked_for_anew_for_the_next_user(
    signed_in: RunningAgent, backend: UpstreamBackend, readers: int
) -> None:
    """Several of them share one question, and none gets the answer to the earlier user's."""
    waiting = [await asking(signed_in, f"GET {RELAYED}/streams/later") for _ in range(readers)]
    await backend.streams.waiting.wait()
    await asyncio.sleep(0.1)  # those who follow arrive
    await sign_in_as_bob(signed_in, backend)
    await holds(lambda: len(backend.relayed()) == 1 + readers)
    backend.streams.release.set()
    for reader, writer in waiting:
        async with asyncio.timeout(5):
            answer = await read_answer(reader)
        writer.close()
        assert answer is not None
        assert answer.status == 200
    adas, *bobs = [seen.header("Authorization") for seen in backend.relayed()]
    assert (len(bobs), len(set(bobs)), adas in bobs) == (readers, 1, False)


async def test_a_write_that_has_been_sent_is_told_its_outcome(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    reader, writer = await asking(signed_in, f"PUT {RELAYED}/streams/upload", "Content-Length: 100000")
    writer.write(bytes(50_000))
    await holds(lambda: backend.streams.received_bytes > 0)
    await sign_out(signed_in)
    writer.write(bytes(50_000))
    async with asyncio.timeout(5):
        answer = await read_answer(reader)
    writer.close()
    assert answer is not None
    assert answer.status == 200
    assert backend.streams.received_bytes == 100_000


@pytest.mark.parametrize(("method", "status"), [("POST", 409), ("GET", 200)])
async def test_a_refused_write_is_not_repeated_in_another_users_name(
    signed_in: RunningAgent, backend: UpstreamBackend, store: MemoryStore, method: str, status: int
) -> None:
    """The command line has signed somebody else in, and the agent learns of it by the refusal."""
    backend.identity.end_access_tokens()
    backend.identity.user = BOB
    store.save(new_session(str(backend.identity.sign_in()["refresh_token"]), str(BOB["id"])))
    reader, writer = await asking(signed_in, f"{method} {RELAYED}/echo", "Content-Length: 0")
    async with asyncio.timeout(5):
        answer = await read_answer(reader)
    writer.close()
    assert answer is not None
    assert answer.status == status
    assert len([seen for seen in backend.relayed() if seen.method == method]) == (1 if status == 409 else 2)
