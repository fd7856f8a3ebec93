"""The end of an agent: what is under way may finish, what never ends does not hold it up."""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp
import pytest
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_http import send_raw
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hivesync_dev.waiting import holds, until

# Long enough for a busy machine; the request ends it.
PATIENT = pytest.mark.parametrize("drain_seconds", [30.0])


@PATIENT
async def test_a_request_under_way_is_finished(signed_in: RunningAgent, backend: UpstreamBackend) -> None:
    asking = asyncio.create_task(signed_in.http.get(f"{signed_in.url}/api/v1/streams/later"))
    await backend.streams.waiting.wait()
    signed_in.agent.switch.stop()
    path = signed_in.agent.settings.locations.discovery_file("default")
    await holds(lambda: not path.exists())
    backend.streams.release.set()
    async with await asking as answer:
        assert answer.status == 200
        assert await answer.json() == {"done": True}


async def test_a_request_that_never_ends_is_ended(signed_in: RunningAgent, backend: UpstreamBackend) -> None:
    asking = asyncio.create_task(signed_in.http.get(f"{signed_in.url}/api/v1/streams/hang"))
    await backend.streams.waiting.wait()
    signed_in.agent.switch.stop()
    async with asyncio.timeout(5):
        await backend.streams.left.wait()
    with pytest.raises(aiohttp.ClientError):
        await asking


@PATIENT
async def test_nobody_is_let_in_any_more(signed_in: RunningAgent, backend: UpstreamBackend) -> None:
    asking = asyncio.create_task(signed_in.http.get(f"{signed_in.url}/api/v1/streams/later"))
    await backend.streams.waiting.wait()
    signed_in.agent.switch.stop()
    path = signed_in.agent.settings.locations.discovery_file("default")
    await holds(lambda: not path.exists())
    # The file goes first, so for a moment the door is open still; then it is shut while the request runs.
    await until(lambda: _is_turned_away(signed_in))
    assert not asking.done()
    backend.streams.release.set()
    (await asking).close()


async def _is_turned_away(agent: RunningAgent) -> bool:
    """Tell whether a new connection is refused, reset, or closed without an answer."""
    with contextlib.suppress(ConnectionError):
        return await send_raw(agent.port, agent.head(f"GET {API_PREFIX}/v1/status")) is None
    return True
