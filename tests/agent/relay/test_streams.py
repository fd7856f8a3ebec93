"""Bodies stream both ways: nothing is collected, nothing outlives the one who wanted it."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator

import aiohttp
import pytest
from hivesync_agent.gate import connection
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_http import send_raw
from hivesync_dev.servers.upstream_backend import UpstreamBackend

STREAMS = "/api/v1/streams"


@pytest.mark.parametrize("chunked", ["0", "1"])
async def test_a_large_answer_arrives_whole(signed_in: RunningAgent, chunked: str) -> None:
    url = f"{signed_in.url}{STREAMS}/download?bytes=3000001&chunked={chunked}"
    answer = await signed_in.http.get(url)
    assert len(await answer.read()) == 3_000_001
    assert answer.headers.get("Content-Length") == (None if chunked == "1" else "3000001")


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_large_body_arrives_whole(signed_in: RunningAgent, chunked: bool) -> None:
    content = bytes(range(256)) * 8192

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 50_000):
            yield content[start : start + 50_000]

    url = f"{signed_in.url}{STREAMS}/upload"
    answer = await signed_in.http.put(url, data=pieces() if chunked else io.BytesIO(content))
    result = await answer.json()
    assert result["sha256"] == hashlib.sha256(content).hexdigest()
    assert result["length"] == (None if chunked else str(len(content)))


async def test_an_answer_begins_before_it_is_complete(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    answer = await signed_in.http.get(f"{signed_in.url}{STREAMS}/drip")
    assert await answer.content.readany() == b"first"
    assert not backend.streams.left.is_set()
    answer.close()


@pytest.mark.parametrize("route", ["hang", "drip"])
async def test_a_client_that_leaves_ends_the_upstream_request(
    signed_in: RunningAgent, backend: UpstreamBackend, route: str
) -> None:
    asking = asyncio.create_task(signed_in.http.get(f"{signed_in.url}{STREAMS}/{route}"))
    await backend.streams.waiting.wait()
    if route == "hang":
        asking.cancel()
    else:
        (await asking).close()
    async with asyncio.timeout(5):
        await backend.streams.left.wait()


async def test_a_slow_reader_slows_the_backend_down(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    """100 MB are on offer; while nobody reads, only what fits into socket buffers is taken."""
    reader, writer = await asyncio.open_connection("127.0.0.1", signed_in.port, limit=1024)
    writer.write(signed_in.head(f"GET {API_PREFIX}{STREAMS}/download?bytes=100000000"))
    await reader.readuntil(b"\r\n\r\n")
    taken = -1
    while taken != backend.streams.sent_bytes:
        taken = backend.streams.sent_bytes
        await asyncio.sleep(0.2)
    assert taken < 40_000_000
    writer.close()
    async with asyncio.timeout(5):
        await backend.streams.left.wait()


async def test_an_answer_that_breaks_off_does_not_look_complete(signed_in: RunningAgent) -> None:
    with pytest.raises(aiohttp.ClientPayloadError):
        await (await signed_in.http.get(f"{signed_in.url}{STREAMS}/truncated")).read()


async def test_a_body_that_stops_coming_is_408(
    signed_in: RunningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BODY_SECONDS", 0.05)
    for size in (1_000, 1_000_000):
        head = signed_in.head(f"POST {API_PREFIX}{STREAMS}/upload", f"Content-Length: {size}")
        answer = await send_raw(signed_in.port, head + b"the first part")
        assert answer is not None
        assert answer.status == 408
        assert answer.closed


async def test_a_client_that_waits_to_be_asked_is_asked(signed_in: RunningAgent) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", signed_in.port)
    expect = ("Expect: 100-continue", "Content-Length: 5")
    writer.write(signed_in.head(f"POST {API_PREFIX}{STREAMS}/upload", *expect))
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"hello")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_a_client_that_waits_is_not_asked_for_what_is_refused(signed_in: RunningAgent) -> None:
    expect = ("Expect: 100-continue", "Content-Length: 5")
    answer = await send_raw(signed_in.port, signed_in.head(f"POST {API_PREFIX}/api/v1/auth/login", *expect))
    assert answer is not None
    assert answer.status == 403


async def test_the_backends_events_pass_unbuffered(signed_in: RunningAgent, backend: UpstreamBackend) -> None:
    answer = await signed_in.http.get(f"{signed_in.url}/api/v1/events")
    assert await answer.content.readline() == b": hello\n"
    backend.publish("1", "preview.state", "{}")
    async with asyncio.timeout(5):
        while await answer.content.readline() != b"event: preview.state\n":
            pass
    answer.close()
