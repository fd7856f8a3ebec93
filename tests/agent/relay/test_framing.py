"""Answers of every framing, as bytes from the backend to bytes at the client (RFC 9112 §6)."""

from __future__ import annotations

import asyncio

import pytest
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_backend import RawConnection, answer
from hivesync_dev.servers.raw_http import send_raw

from tests.agent.relay.conftest import StartRaw

GET = f"GET {API_PREFIX}/api/v1/x"


async def all_bytes(agent: RunningAgent, request: bytes) -> bytes:
    """Send bytes and give everything that comes until the agent closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
    try:
        writer.write(request)
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()


def saying(data: bytes, *, then_close: bool = False):  # type: ignore[no-untyped-def]
    """Give a backend that answers every request with these bytes."""

    async def conversation(connection: RawConnection) -> None:
        while True:
            await connection.head()
            await connection.send(data)
            if then_close:
                return

    return conversation


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


async def test_chunks_are_framed_anew_and_trailers_dropped(raw: StartRaw) -> None:
    data = CHUNKED + b'5;ext="a"\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n'
    async with raw(saying(data)) as (agent, _):
        got = await all_bytes(agent, agent.head(GET, "Connection: close"))
    head, _, body = got.partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert body == b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"


async def test_an_http_1_0_client_gets_no_chunks(raw: StartRaw) -> None:
    async with raw(saying(CHUNKED + b"5\r\nhello\r\n0\r\n\r\n")) as (agent, _):
        got = await all_bytes(agent, agent.head(GET).replace(b"HTTP/1.1", b"HTTP/1.0"))
    head, _, body = got.partition(b"\r\n\r\n")
    assert b"Transfer-Encoding" not in head
    assert b"Connection: close" in head
    assert body == b"hello"


async def test_an_http_1_0_client_may_keep_its_connection(raw: StartRaw) -> None:
    async with raw(saying(answer(b"hello"))) as (agent, _):
        kept = agent.head(GET, "Connection: keep-alive").replace(b"HTTP/1.1", b"HTTP/1.0")
        last = agent.head(GET).replace(b"HTTP/1.1", b"HTTP/1.0")
        got = await all_bytes(agent, kept + last)
    assert got.count(b"hello") == 2
    assert got.count(b"Connection: keep-alive") == 1


async def test_a_body_that_the_connection_ends_is_chunked_for_the_client(raw: StartRaw) -> None:
    async with raw(saying(b"HTTP/1.1 200 OK\r\n\r\nhello", then_close=True)) as (agent, _):
        got = await all_bytes(agent, agent.head(GET, "Connection: close"))
    assert got.endswith(b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    "truncated",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        CHUNKED + b"4\r\nhalf\r\n",
        CHUNKED + b"9\r\nhalf",
    ],
)
async def test_a_truncated_answer_is_broken_off(raw: StartRaw, truncated: bytes) -> None:
    async with raw(saying(truncated, then_close=True)) as (agent, _):
        try:
            got = await all_bytes(agent, agent.head(GET))
        except ConnectionError:
            return
    assert not got.endswith(b"0\r\n\r\n")
    assert b"half" in got or got == b""


@pytest.mark.parametrize(
    "malformed",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        b"HTTP/1.1 200 OK\r\nX: a\r\n folded\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nX-Endless: " + b"x" * 40_000,
    ],
)
async def test_an_answer_that_two_parsers_may_read_differently_is_none(
    raw: StartRaw, malformed: bytes
) -> None:
    async with raw(saying(malformed)) as (agent, _):
        got = await send_raw(agent.port, agent.head(GET))
    assert got is not None
    assert got.status == 503
    assert got.header("X-HiveSync-Agent")


async def test_a_second_answer_is_nobodys(raw: StartRaw) -> None:
    """Response splitting: what lies behind an answer must not become the answer to the next request."""

    async def conversation(connection: RawConnection) -> None:
        await connection.head()
        evil = answer(b"evil") if connection.number == 1 else b""
        await connection.send(answer(b"good") + evil)
        await connection.reader.read()

    async with raw(conversation) as (agent, backend):
        got = await all_bytes(agent, agent.head(GET) + agent.head(f"{GET}/2", "Connection: close"))
        assert len(backend.connections) == 2
    assert got.count(b"good") == 2
    assert b"evil" not in got


async def test_interim_answers_pass_and_the_real_one_follows(raw: StartRaw) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nSet-Cookie: a=b\r\n\r\n"
    async with raw(saying(b"HTTP/1.1 100 Continue\r\n\r\n" + early + answer(b"done"))) as (agent, _):
        got = await all_bytes(agent, agent.head(GET, "Connection: close"))
        old = await all_bytes(agent, agent.head(GET).replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert got.startswith(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert got.endswith(b"done")
    assert old.startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
async def test_statuses_without_body_have_none(raw: StartRaw, status: str) -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Length: 8\r\n\r\n".encode()
    async with raw(saying(head)) as (agent, backend):
        conditional = agent.head(GET, 'If-None-Match: "1"')
        got = await all_bytes(
            agent, conditional + agent.head(f"{GET}/2", 'If-None-Match: "1"', "Connection: close")
        )
        assert len(backend.connections) == 1
    assert got.count(b"HTTP/1.1 ") == 2
    assert (b"Content-Length: 8" in got) == status.startswith("304")


async def test_a_head_answer_leaves_its_connection_usable(raw: StartRaw) -> None:
    async with raw(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n")) as (agent, backend):
        head = agent.head(f"HEAD {API_PREFIX}/api/v1/x")
        got = await all_bytes(agent, head + head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert len(backend.connections) == 1
    assert got.count(b"Content-Length: 8") == 2


async def test_pipelined_requests_are_answered_in_order(raw: StartRaw) -> None:
    async def slow_first(connection: RawConnection) -> None:
        while True:
            head = await connection.head()
            number = head.split(b" ")[1][-1:]
            await asyncio.sleep(0.05 if number == b"1" else 0)
            await connection.send(answer(b"<" + number + b">"))

    async with raw(slow_first) as (agent, _):
        requests = b"".join(agent.head(f"{GET}/{number}") for number in (1, 2, 3))
        got = await all_bytes(agent, requests + agent.head(f"{GET}/4", "Connection: close"))
    assert [got.index(b"<%d>" % number) for number in (1, 2, 3, 4)] == sorted(
        got.index(b"<%d>" % number) for number in (1, 2, 3, 4)
    )


async def test_a_malformed_request_behind_a_good_one_is_refused_in_its_turn(raw: StartRaw) -> None:
    async with raw(saying(answer(b"first"))) as (agent, _):
        got = await all_bytes(agent, agent.head(GET) + b"GET / HTTP/1.1\r\nbroken\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 200 OK")
    assert got.index(b"first") < got.index(b"HTTP/1.1 400 ")


async def test_a_chunked_upload_arrives_in_chunks_of_our_own(raw: StartRaw) -> None:
    uploads: list[bytes] = []

    async def conversation(connection: RawConnection) -> None:
        await connection.head()
        uploads.append(await connection.reader.readuntil(b"0\r\n\r\n"))
        await connection.send(answer())

    async with raw(conversation) as (agent, backend):
        head = agent.head(f"POST {API_PREFIX}/api/v1/x", "Transfer-Encoding: chunked", "Connection: close")
        got = await all_bytes(agent, head + b'3;x="y"\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n')
        sent = backend.connections[0].heads[0]
    assert got.startswith(b"HTTP/1.1 200")
    assert uploads == [b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"]
    assert b"Transfer-Encoding: chunked\r\n" in sent
    assert b"Trailer" not in sent


async def test_endless_trailers_are_ended(raw: StartRaw) -> None:
    async def conversation(connection: RawConnection) -> None:
        await connection.head()
        await connection.reader.read()

    async with raw(conversation) as (agent, _):
        head = agent.head(f"POST {API_PREFIX}/api/v1/x", "Transfer-Encoding: chunked")
        trailers = [b"X-%d: " % number + b"y" * 8000 + b"\r\n" for number in range(100)]
        got = await send_raw(agent.port, head + b"3\r\nabc\r\n0\r\n", *trailers)
    assert got is None or got.status == 431


async def test_an_early_refusal_reaches_a_client_that_still_sends(raw: StartRaw) -> None:
    async def conversation(connection: RawConnection) -> None:
        await connection.head()
        await connection.send(answer(b"too large", status="413 Content Too Large"))
        await connection.reader.read()

    async with raw(conversation) as (agent, _):
        head = agent.head(f"POST {API_PREFIX}/api/v1/x", "Content-Length: 1000000")
        got = await send_raw(agent.port, head + bytes(100_000))
    assert got is not None
    assert (got.status, got.body, got.closed) == (413, b"too large", True)


async def test_the_agent_names_itself_as_the_gateway(raw: StartRaw) -> None:
    async with raw(saying(answer())) as (agent, backend):
        await send_raw(agent.port, agent.head(GET, "Via: 1.1 somebody"))
        assert b"\r\nVia: 1.1 hivesync-agent\r\n" in backend.connections[0].heads[0]
        assert b"somebody" not in backend.connections[0].heads[0]
