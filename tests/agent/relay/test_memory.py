"""200 MB pass the agent in constant memory, in both directions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import psutil
import pytest
from hivesync_dev.servers.agents import CLIENT, AgentProcess, environment_in, start_agent_process
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD
from hivesync_dev.servers.upstream_backend import UpstreamBackend

SIZE = 200 * 1024 * 1024
GROWTH = 16 * 1024 * 1024
_BLOCK = bytes(256 * 1024)


@pytest.fixture
async def process(tmp_path: Path, backend: UpstreamBackend) -> AsyncIterator[AgentProcess]:
    """An agent whose memory can be measured: in a process of its own."""
    running = await asyncio.to_thread(start_agent_process, environment_in(tmp_path, backend.url))
    yield running
    running.process.kill()
    await asyncio.to_thread(running.process.communicate)


@pytest.fixture
async def http(process: AgentProcess) -> AsyncIterator[aiohttp.ClientSession]:
    """A signed-in client of that agent."""
    headers = {"X-HiveSync-Client": CLIENT, "Authorization": f"Bearer {process.discovery.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        login = {"login": EMAIL, "password": PASSWORD}
        async with session.post(f"{process.discovery.url}/v1/session/login", json=login) as answer:
            assert answer.status == 200
        yield session


def resident_bytes(process: AgentProcess) -> int:
    """Give the agent's memory now."""
    return int(psutil.Process(process.process.pid).memory_info().rss)


async def blocks(size: int) -> AsyncIterator[bytes]:
    """Give that many bytes."""
    for _ in range(size // len(_BLOCK)):
        yield _BLOCK


async def test_downloads_and_uploads_take_no_memory(
    process: AgentProcess, http: aiohttp.ClientSession, backend: UpstreamBackend
) -> None:
    streams = f"{process.discovery.url}/api/v1/streams"
    before = peak = resident_bytes(process)
    received = 0
    async with http.get(f"{streams}/download", params={"bytes": SIZE}) as answer:
        async for chunk in answer.content.iter_any():
            received += len(chunk)
            if received % (10 * 1024 * 1024) < len(chunk):
                peak = max(peak, resident_bytes(process))
    assert received == SIZE
    async with http.put(f"{streams}/upload", data=blocks(SIZE)) as answer:
        assert answer.status == 200
        peak = max(peak, resident_bytes(process))
    assert backend.streams.received_bytes == SIZE
    assert peak - before < GROWTH, f"grew by {(peak - before) / 1e6:.1f} MB"
