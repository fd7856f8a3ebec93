"""A preview outlives its agent and its backend: it becomes ready once, or says why not."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hivesync.credentials.store import MemoryStore
from hivesync_agent.previews.record import Record
from hivesync_agent.previews.store import PreviewStore
from hivesync_agent.settings import AgentSettings
from hivesync_contract.errors import ErrorCode
from hivesync_contract.previews import PreviewState
from hivesync_dev.servers.agents import (
    CLIENT,
    AgentProcess,
    RunningAgent,
    environment_in,
    running_agent,
    start_agent_process,
)
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD
from hivesync_dev.servers.fake_previews import FakePreviews
from hivesync_dev.servers.preview_client import PreviewClient, preview_client
from hivesync_dev.waiting import until


@contextlib.asynccontextmanager
async def agent_process(environment: Mapping[str, str]) -> AsyncIterator[tuple[AgentProcess, LocalApi]]:
    """An agent in its own process, signed in; killed at the end unless the test did it."""
    agent = await asyncio.to_thread(start_agent_process, environment)
    headers = {"X-HiveSync-Client": CLIENT, "Authorization": f"Bearer {agent.discovery.token}"}
    try:
        async with aiohttp.ClientSession(headers=headers) as http:
            api = LocalApi(http, agent.discovery.url)
            await api.call("POST", "/v1/session/login", {"login": EMAIL, "password": PASSWORD})
            yield agent, api
    finally:
        agent.process.kill()
        await asyncio.to_thread(agent.process.communicate)


class LocalApi:
    """The local API of an agent process."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url

    async def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        async with self._http.request(method, self._url + path, json=body) as answer:
            result: dict[str, Any] = await answer.json(content_type=None)
            assert answer.status < 300, result
            return result

    async def in_state(self, preview_id: str, *states: str) -> dict[str, Any]:
        async def look() -> dict[str, Any] | None:
            page = await self.call("GET", "/v1/previews")
            return next((each for each in page["items"] if (each["id"], each["state"]) in wanted), None)

        wanted = {(preview_id, state) for state in states}
        seen = await until(look)
        assert seen is not None
        return seen


@pytest.mark.parametrize("moment", ["uploading", "building"])
async def test_a_killed_agent_continues_its_preview(
    backend: FakePreviews, project: Path, tmp_path: Path, moment: str
) -> None:
    held = asyncio.Event()

    async def hold(key: str) -> None:
        await held.wait()

    if moment == "uploading":
        backend.store.on_put = hold
    backend.outcome = "hold"
    environment = environment_in(tmp_path, backend.url)
    async with agent_process(environment) as (agent, api):
        first = await api.call("POST", "/v1/previews", {"path": str(project)})
        before = await api.in_state(first["id"], moment)
        agent.process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(agent.process.wait)
    held.set()
    backend.outcome = "ready"
    if moment == "building":
        backend.finish(before["preview_id"], PreviewState.READY)
    async with agent_process(environment) as (_, api):
        after = await api.in_state(first["id"], "ready", "failed")
    assert (after["state"], after["preview_id"]) == ("ready", before["preview_id"])
    assert [kept.preview.version for kept in backend.created()] == [1]


async def test_an_agent_that_is_stopped_continues_too(
    backend: FakePreviews, settings: AgentSettings, store: MemoryStore, project: Path
) -> None:
    backend.outcome = "hold"
    async with signed_in_agent(settings, store, backend) as client:
        _, first = await client.post(project)
        building = await client.until(first["id"], "building")
    async with signed_in_agent(settings, store, backend) as client:
        backend.finish(building.preview_id, PreviewState.READY)
        assert (await client.ended(first["id"])).state is PreviewState.READY


async def test_files_saved_while_the_agent_was_away_go_under_the_same_link(
    backend: FakePreviews, settings: AgentSettings, store: MemoryStore, project: Path
) -> None:
    held = asyncio.Event()

    async def hold(key: str) -> None:
        await held.wait()

    backend.store.on_put = hold
    async with signed_in_agent(settings, store, backend) as client:
        _, first = await client.post(project)
        await client.until(first["id"], "uploading")
    held.set()
    await asyncio.to_thread((project / "src" / "main.tsx").write_text, "// saved meanwhile")
    async with signed_in_agent(settings, store, backend) as client:
        ended = await client.ended(first["id"])
    assert (ended.state, ended.version) == (PreviewState.READY, 2)
    (kept,) = backend.created()
    assert kept.preview.id == ended.preview_id


async def test_finished_previews_are_remembered(
    backend: FakePreviews, settings: AgentSettings, store: MemoryStore, project: Path
) -> None:
    async with signed_in_agent(settings, store, backend) as client:
        first = await client.run(project)
    async with signed_in_agent(settings, store, backend) as client:
        again = await until(lambda: found(client, first.id))
    assert again is not None
    assert (again["state"], again["preview_url"], again["qr_text"]) == (
        "ready",
        first.preview_url,
        first.qr_text,
    )
    assert len(backend.previews) == 1


async def test_only_the_latest_previews_are_remembered(
    client: PreviewClient, settings: AgentSettings, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hivesync_agent.previews.service.KEPT_FINISHED", 1)
    previews = [await client.run(project) for _ in range(3)]
    _, page = await client.get()
    assert [each["id"] for each in page["items"]] == [previews[2].id, previews[1].id]
    folder = settings.locations.state / "previews" / "default"
    assert await asyncio.to_thread(lambda: len(list(folder.iterdir()))) == 2


async def test_another_user_does_not_continue_it(
    backend: FakePreviews, settings: AgentSettings, store: MemoryStore, project: Path
) -> None:
    backend.outcome = "hold"
    async with signed_in_agent(settings, store, backend) as client:
        _, first = await client.post(project)
        await client.until(first["id"], "building")
    other = replace(settings, server_url=backend.url.replace("127.0.0.1", "localhost"))
    async with signed_in_agent(other, store, backend):
        # Events of the moment of a sign-in may give way to `reset`, so what is kept has to tell.
        ended = await until(lambda: _kept_end(settings, first["id"]))
    assert ended is not None
    assert ended.error is not None
    assert (ended.state, ended.error.code) == (PreviewState.FAILED, ErrorCode.FORBIDDEN)


async def _kept_end(settings: AgentSettings, preview_id: str) -> Record | None:
    records = await PreviewStore(settings.locations.state / "previews" / "default").load()
    return next((each for each in records if each.id == preview_id and each.is_final), None)


@pytest.mark.parametrize("content", [b"", b"{", b'{"id": 1}', b"\xff\x00"])
async def test_a_damaged_record_hinders_nothing(
    backend: FakePreviews, settings: AgentSettings, store: MemoryStore, project: Path, content: bytes
) -> None:
    async with signed_in_agent(settings, store, backend) as client:
        first = await client.run(project)
    folder = settings.locations.state / "previews" / "default"
    damaged = folder / "0199c1b2-0000-7000-8000-000000000009.json"
    await asyncio.to_thread(damaged.write_bytes, content)
    async with signed_in_agent(settings, store, backend) as client:
        assert await until(lambda: found(client, first.id))
        assert (await client.run(project)).state is PreviewState.READY


async def test_records_are_for_their_user_alone(
    client: PreviewClient, settings: AgentSettings, project: Path
) -> None:
    await client.run(project)
    folder = settings.locations.state / "previews" / "default"
    modes = [folder.stat().st_mode & 0o777, *(path.stat().st_mode & 0o777 for path in folder.iterdir())]
    assert modes == [0o700, 0o600]


async def test_a_backend_that_restarts_in_between_costs_time_only(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    async def die(key: str) -> None:
        backend.store.on_put = None
        await backend.stop()

    backend.store.on_put = die
    _, first = await client.post(project)
    await client.until(first["id"], "uploading")
    await until(lambda: stopped(backend))
    await backend.start()
    ended = await client.ended(first["id"])
    assert (ended.state, len(backend.previews)) == (PreviewState.READY, 1)


async def test_a_backend_that_is_away_while_it_builds_costs_time_only(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    backend.outcome, backend.silent = "hold", True
    _, first = await client.post(project)
    building = await client.until(first["id"], "building")
    await backend.stop()
    backend.finish(building.preview_id, PreviewState.READY)
    await backend.start()
    assert (await client.ended(first["id"])).state is PreviewState.READY


async def test_a_cancelled_preview_is_gone_here_and_there(
    client: PreviewClient, backend: FakePreviews, settings: AgentSettings, project: Path
) -> None:
    backend.outcome = "hold"
    _, first = await client.post(project)
    await client.until(first["id"], "building")
    assert await client.delete(first["id"]) == 204
    assert (await client.get(first["id"]))[0] == 404
    assert backend.previews == {}
    folder = settings.locations.state / "previews" / "default"
    assert await asyncio.to_thread(lambda: list(folder.iterdir())) == []


async def test_a_cancelled_upload_stops(client: PreviewClient, backend: FakePreviews, project: Path) -> None:
    async def for_ever(key: str) -> None:
        await asyncio.Event().wait()

    backend.store.on_put = for_ever
    _, first = await client.post(project)
    await client.until(first["id"], "uploading")
    assert await client.delete(first["id"]) == 204
    assert backend.store.objects == {}
    assert not any(seen.target.endswith("/complete") for seen in backend.journal)


async def test_pending_previews_are_counted(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    backend.outcome = "hold"
    _, first = await client.post(project)
    building = await client.until(first["id"], "building")
    assert await pending(client.running) == 1
    backend.finish(building.preview_id, PreviewState.READY)
    await client.ended(first["id"])
    assert await pending(client.running) == 0


@contextlib.asynccontextmanager
async def signed_in_agent(
    settings: AgentSettings, store: MemoryStore, backend: FakePreviews
) -> AsyncIterator[PreviewClient]:
    """An agent whose session outlives it, as one in a keychain does."""
    async with running_agent(settings, store) as running, preview_client(running) as client:
        credentials = {"login": EMAIL, "password": PASSWORD}
        async with running.http.post(f"{running.url}/v1/session/login", json=credentials) as answer:
            assert answer.status == 200, await answer.text()
        yield client


async def found(client: PreviewClient, preview_id: str) -> dict[str, Any] | None:
    status, preview = await client.get(preview_id)
    return preview if status == 200 else None


async def stopped(backend: FakePreviews) -> bool:
    return backend._runner is None


async def pending(running: RunningAgent) -> int:
    async with running.http.get(f"{running.url}/v1/status") as answer:
        return int((await answer.json())["pending_previews"])
