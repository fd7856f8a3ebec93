"""A backend that restarts, hangs, dribbles or is gone: what is tried again, what is cut, what is told."""

from __future__ import annotations

import asyncio
import time

import pytest
from hivesync_agent.backend.breaker import FAILURES, Breaker
from hivesync_agent.backend.failures import BreakerOpen
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_backend import RawConnection, answer
from hivesync_dev.servers.raw_http import RawAnswer, send_raw

from tests.agent.relay.conftest import StartRaw

PATH = f"{API_PREFIX}/api/v1/x"


async def asked(agent: RunningAgent, line: str, *extra: str, body: bytes = b"") -> RawAnswer:
    """Ask once; there must be an answer."""
    got = await send_raw(agent.port, agent.head(line, f"Content-Length: {len(body)}", *extra) + body)
    assert got is not None
    return got


async def kept(connection: RawConnection) -> None:
    """Answer every request with the connection's number."""
    while True:
        await connection.head()
        await connection.send(answer(b"%d" % connection.number))


async def dies_on_its_second_request(connection: RawConnection) -> None:
    """Serve one request per connection; take the next one and break off, as a backend that restarts does."""
    await connection.head()
    await connection.send(answer(b"%d" % connection.number))
    await connection.head()
    connection.reset()


@pytest.mark.parametrize(
    ("line", "extra"),
    [
        (f"GET {PATH}", ()),
        (f"HEAD {PATH}", ()),
        (f"PUT {PATH}", ()),
        (f"DELETE {PATH}", ()),
        (f"POST {PATH}", ("Idempotency-Key: k1",)),
        (f"PATCH {PATH}", ("Idempotency-Key: k1",)),
    ],
)
async def test_what_is_harmless_is_sent_again_when_a_kept_connection_dies(
    raw: StartRaw, line: str, extra: tuple[str, ...]
) -> None:
    async with raw(dies_on_its_second_request) as (agent, backend):
        assert (await asked(agent, f"GET {PATH}/first")).status == 200
        got = await asked(agent, line, *extra) if not line.startswith("HEAD") else None
        if got is None:
            reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
            writer.write(agent.head(line))
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            writer.close()
        else:
            assert (got.status, got.body) == (200, b"2")
        assert [len(connection.heads) for connection in backend.connections] == [2, 1]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_what_may_have_had_its_effect_is_not_sent_twice(raw: StartRaw, method: str) -> None:
    async with raw(dies_on_its_second_request) as (agent, backend):
        assert (await asked(agent, f"GET {PATH}/first")).status == 200
        assert (await asked(agent, f"{method} {PATH}", body=b"x")).status == 503
        assert len(backend.connections) == 1


async def test_a_streamed_body_is_not_sent_twice_even_with_a_key(raw: StartRaw) -> None:
    async with raw(dies_on_its_second_request) as (agent, backend):
        assert (await asked(agent, f"GET {PATH}/first")).status == 200
        got = await asked(agent, f"PUT {PATH}", "Idempotency-Key: k1", body=bytes(100_000))
        assert got.status == 503
        assert len(backend.connections) == 1


async def test_an_answer_that_has_begun_is_not_asked_for_again(raw: StartRaw) -> None:
    async def half(connection: RawConnection) -> None:
        await connection.head()
        await connection.send(answer(b"ok"))
        await connection.head()
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-")

    async with raw(half) as (agent, backend):
        assert (await asked(agent, f"GET {PATH}/first")).status == 200
        assert (await asked(agent, f"GET {PATH}/second")).status == 503
        assert len(backend.connections) == 1


@pytest.mark.parametrize("clock", ["monotonic", "time"])
async def test_a_connection_from_before_a_sleep_is_not_used(
    raw: StartRaw, monkeypatch: pytest.MonkeyPatch, clock: str
) -> None:
    """While a machine sleeps one clock goes on and the other may stand still: either is enough."""
    async with raw(kept) as (agent, _):
        assert (await asked(agent, f"GET {PATH}/1")).body == b"1"
        assert (await asked(agent, f"GET {PATH}/2")).body == b"1"
        now = getattr(time, clock)
        monkeypatch.setattr(time, clock, lambda: now() + 600)
        assert (await asked(agent, f"GET {PATH}/3")).body == b"2"


async def test_a_backend_that_never_answers_is_given_up(raw: StartRaw) -> None:
    async def silent(connection: RawConnection) -> None:
        await connection.head()
        await connection.reader.read()

    async with raw(silent, idle_seconds=0.1) as (agent, backend):
        got = await asked(agent, f"GET {PATH}")
        assert got.status == 503
        assert b"did not answer in time" in got.body
        assert len(backend.connections) == 1


async def test_an_answer_that_falls_silent_is_broken_off(raw: StartRaw) -> None:
    async def stalls(connection: RawConnection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        await connection.reader.read()

    async with raw(stalls, idle_seconds=0.1) as (agent, _):
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await read_all(agent)


async def read_all(agent: RunningAgent) -> bytes:
    """Read an answer of ten bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
    writer.write(agent.head(f"GET {PATH}"))
    try:
        await reader.readuntil(b"\r\n\r\n")
        async with asyncio.timeout(5):
            return await reader.readexactly(10)
    finally:
        writer.close()


async def test_an_event_stream_that_comments_lives_longer_than_the_limit(raw: StartRaw) -> None:
    async def comments(connection: RawConnection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for _ in range(8):
            await asyncio.sleep(0.1)
            await connection.send(b": alive\n\n")

    async with raw(comments, idle_seconds=0.3) as (agent, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
        writer.write(agent.head(f"GET {PATH}", "Connection: close"))
        async with asyncio.timeout(5):
            assert (await reader.read()).count(b": alive") == 8
        writer.close()


async def test_a_slow_upload_lives_longer_than_the_limit(raw: StartRaw) -> None:
    async def takes_all(connection: RawConnection) -> None:
        await connection.head()
        await connection.reader.readexactly(80_000)
        await connection.send(answer(b"all"))

    async with raw(takes_all, idle_seconds=0.2) as (agent, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
        writer.write(agent.head(f"PUT {PATH}", "Content-Length: 80000", "Connection: close"))
        for _ in range(8):
            await asyncio.sleep(0.1)
            writer.write(bytes(10_000))
        async with asyncio.timeout(5):
            assert (await reader.read()).endswith(b"all")
        writer.close()


async def test_after_some_failures_the_agent_answers_without_asking(raw: StartRaw) -> None:
    async with raw(kept, status_seconds=0.0) as (agent, backend):
        await backend.__aexit__()
        answers = [await asked(agent, f"POST {PATH}") for _ in range(FAILURES + 1)]
        assert [got.status for got in answers] == [503] * len(answers)
        last = answers[-1]
        assert last.header("Retry-After") == "1"
        assert b'"UPSTREAM_UNREACHABLE"' in last.body
        status = await (await agent.http.get(f"{agent.url}/v1/status")).json(content_type=None)
        assert (status["online"], status["retry_seconds"] > 0) == (False, True)
        async with backend:
            # Whoever asks for the status wants to know now; what it finds closes the breaker.
            await agent.http.get(f"{agent.url}/v1/status")
            assert (await asked(agent, f"POST {PATH}")).status == 200


def test_the_breaker_opens_probes_and_closes() -> None:
    now = 100.0
    breaker = Breaker(clock=lambda: now, jitter=lambda: 1.0)
    for _ in range(FAILURES - 1):
        breaker.failed()
    breaker.check()
    breaker.failed()
    with pytest.raises(BreakerOpen) as caught:
        breaker.check()
    assert caught.value.retry_after_seconds == 1
    now += 0.6
    breaker.check()  # the probe
    with pytest.raises(BreakerOpen):
        breaker.check()  # only one
    breaker.failed()
    now += 0.6
    with pytest.raises(BreakerOpen):
        breaker.check()  # twice as long as before
    now += 0.6
    breaker.check()
    breaker.succeeded()
    breaker.check()
    breaker.check()


def test_the_breaker_never_waits_longer_than_ten_seconds_and_spreads_its_probes() -> None:
    pauses = set()
    for jitter in (0.0, 0.5, 1.0):
        breaker = Breaker(clock=lambda: 0.0, jitter=lambda jitter=jitter: jitter)  # type: ignore[misc]
        for _ in range(30):
            breaker.failed()
        pauses.add(breaker.blocked_seconds())
    assert pauses == {5.0, 7.5, 10.0}
