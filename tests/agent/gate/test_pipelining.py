"""Requests that are sent without waiting for answers: answered in order, in bounded memory and stack."""

from __future__ import annotations

import asyncio

import pytest
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_backend import RawConnection, answer
from hivesync_dev.servers.raw_http import read_answer
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hivesync_dev.waiting import holds

from tests.agent.relay.conftest import StartRaw, raw

__all__ = ["raw"]

SESSION = f"GET {API_PREFIX}/v1/session"
LATER = f"GET {API_PREFIX}/api/v1/streams/later"
MANY = 500


def proof(agent: RunningAgent, number: int) -> bytes:
    """Give a challenge that tells its answer from others."""
    return agent.head(f"GET {API_PREFIX}/?nonce={number:032x}")


@pytest.mark.parametrize("first", [SESSION, LATER])
async def test_hundreds_of_requests_behind_a_slow_one_get_their_answers_in_order(
    signed_in: RunningAgent, backend: UpstreamBackend, first: str
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", signed_in.port)
    proofs = [proof(signed_in, number) for number in range(MANY)]
    writer.write(signed_in.head(first) + b"".join(proofs) + signed_in.head(SESSION))
    if first == LATER:
        await backend.streams.waiting.wait()
        backend.streams.release.set()
    async with asyncio.timeout(20):
        answers = [await read_answer(reader) for _ in range(MANY + 2)]
    writer.close()
    assert [got.status for got in answers if got is not None] == [200] * (MANY + 2)
    proven = [got.body for got in answers[1:-1] if got is not None]
    assert len(set(proven)) == MANY


async def test_a_refused_request_ends_what_lies_behind_it(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", signed_in.port)
    bad = signed_in.head(SESSION).replace(signed_in.token.encode(), b"x" * 43)
    smuggled = signed_in.head(f"POST {API_PREFIX}/api/v1/projects", "Content-Length: 0")
    writer.write(signed_in.head(SESSION) + bad + smuggled * 100)
    first, second = await read_answer(reader), await read_answer(reader)
    writer.close()
    assert first is not None
    assert second is not None
    assert (first.status, second.status, second.closed) == (200, 401, True)
    assert backend.relayed() == []


@pytest.mark.parametrize("broken", [b"\0", b"GET / HTTP/1.1\r\nA : b\r\n\r\n", b"POST / HTTP/1.1\r\nX-Y\r\n"])
async def test_what_is_broken_is_told_after_the_answers_before_it(
    signed_in: RunningAgent, backend: UpstreamBackend, broken: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", signed_in.port)
    writer.write(signed_in.head(LATER) + signed_in.head(SESSION) * 3 + broken)
    await backend.streams.waiting.wait()
    backend.streams.release.set()
    async with asyncio.timeout(10):
        statuses = [got.status for got in [await read_answer(reader) for _ in range(5)] if got is not None]
    writer.close()
    assert statuses == [200] * 4 + [400]


async def test_answers_that_nobody_takes_are_not_made(raw: StartRaw) -> None:
    """Each answer comes from the cache, so nothing but the client's own pace could hold them up."""
    size = 200_000

    async def library(connection: RawConnection) -> None:
        while True:
            await connection.head()
            await connection.send(answer(bytes(size), "Cache-Control: private, max-age=60"))

    async with raw(library) as (agent, _):
        head = agent.head(f"GET {API_PREFIX}/api/v1/projects")
        reader, writer = await asyncio.open_connection("127.0.0.1", agent.port, limit=1024)
        writer.write(head)
        assert await read_answer(reader) is not None
        made = 0
        cache = agent.agent._reads.cache
        give = cache.answer

        def counted(entry: object) -> object:
            nonlocal made
            made += 1
            return give(entry)  # type: ignore[arg-type]

        cache.answer = counted  # type: ignore[method-assign, assignment]
        writer.write(head * 300)
        for taken in range(0, 300, 60):
            seen = -1
            while seen != made:
                seen = made
                await asyncio.sleep(0.1)
            assert taken < made < taken + 60  # a few megabytes: what the system's buffers and ours hold
            for _ in range(60):
                async with asyncio.timeout(10):
                    got = await read_answer(reader)
                assert got is not None
                assert len(got.body) == size
        writer.close()


@pytest.mark.parametrize("size_bytes", [65536, 100_000])
async def test_a_body_that_no_route_reads_hinders_no_later_request(
    signed_in: RunningAgent, size_bytes: int
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", signed_in.port)
    for _ in range(3):
        writer.write(signed_in.head(f"POST {API_PREFIX}/v1/resume", f"Content-Length: {size_bytes}"))
        writer.write(b" " * size_bytes)
        async with asyncio.timeout(10):
            got = await read_answer(reader)
        assert got is not None
        assert got.status == 200
        if got.closed:  # the answer was quicker than the body
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", signed_in.port)
        writer.write(signed_in.head(SESSION))
        async with asyncio.timeout(10):
            got = await read_answer(reader)
        assert got is not None
        assert got.status == 200
    writer.close()


async def test_a_client_that_leaves_behind_an_unread_body_is_noticed(signed_in: RunningAgent) -> None:
    connections = signed_in.agent._connections
    assert connections is not None
    before = len(connections._open)
    _, writer = await asyncio.open_connection("127.0.0.1", signed_in.port)
    await holds(lambda: len(connections._open) == before + 1)
    (ours,) = [each for each in connections._open if each._is_stranger]
    whole = signed_in.head(f"POST {API_PREFIX}/v1/resume", "Content-Length: 70000") + b" " * 70000
    ours.data_received(whole)  # in one piece, so that the answer does not come before the body has ended
    writer.transport.abort()
    await holds(lambda: len(connections._open) == before)
