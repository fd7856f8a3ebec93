"""While the object store deletes sources, no transaction is open, and nobody else touches that project."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from hivesync_dev.servers.backend_user import BackendUser, manifest
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.previews.sweeper import SourceSweeper
from hivesync_server.projects import sources

from .test_cleaning import LARGE, asked_for, built, names

FILES = {"index.html": b"<p>", "photo.png": LARGE}


@dataclass(slots=True)
class SlowStore:
    """The object store, whose deletions wait until they are let through."""

    backend: RunningBackend
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def delete(self, keys: Any) -> Any:
        self.asked.set()
        await self.goes_on.wait()
        return await self.backend.resources.objects.previews.delete(keys)


@pytest.fixture
def slow(backend: RunningBackend) -> SlowStore:
    return SlowStore(backend)


def sweeper_of(slow: SlowStore) -> SourceSweeper:
    """Give one of two servers' sweepers."""
    store: Any = slow
    return SourceSweeper(slow.backend.resources.database, store, slow.backend.resources.clock)


@pytest.fixture
async def project_id(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, backend: RunningBackend, clock: MovableClock
) -> str:
    """A project whose sources are marked, so that the next step deletes them."""
    project_id = await ann.project()
    await built(ann, worker, reporter, backend, project_id, FILES)
    clock.advance(days=8)
    await ann.sign_in()
    assert await sweeper_of(SlowStore(backend)).step()
    return project_id


async def test_one_server_sweeps_a_project_and_holds_up_only_who_would_store_the_same_anew(
    ann: BackendUser, backend: RunningBackend, slow: SlowStore, project_id: str
) -> None:
    path = f"/api/v1/projects/{project_id}"
    sweeping = asyncio.create_task(sweeper_of(slow).step())
    await slow.asked.wait()
    other = SlowStore(backend)
    assert not await sweeper_of(other).step()
    assert not other.asked.is_set(), "one of two servers asks"

    beginning = asyncio.create_task(ann.client.post(f"{path}/previews", json=manifest(FILES)))
    async with asyncio.timeout(5):  # no transaction waits for the store, so everybody else goes on
        assert (await ann.client.patch(path, json={"name": "Mine"})).status_code == 200
        await ann.project("another one")
    await asyncio.sleep(0.6)
    assert not beginning.done()
    slow.goes_on.set()
    assert await sweeping
    created = await beginning
    assert created.status_code == 201, created.text
    assert asked_for(created.json()) == 2, "all is to be sent again, now that it is gone"
    assert await names(backend, f"sources/{project_id}/") == set()


async def test_after_a_server_was_killed_over_it_another_one_goes_on_once_the_store_can_not_be_at_it(
    ann: BackendUser,
    backend: RunningBackend,
    slow: SlowStore,
    project_id: str,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sweeping = asyncio.create_task(sweeper_of(slow).step())
    await slow.asked.wait()
    sweeping.cancel()
    await asyncio.wait([sweeping])
    slow.goes_on.set()
    assert not await sweeper_of(slow).step()
    monkeypatch.setattr(sources, "_LOOKS", 2)
    refused = await ann.client.post(f"/api/v1/projects/{project_id}/previews", json=manifest(FILES))
    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
    assert 80 < int(refused.headers["Retry-After"]) <= 90
    clock.advance(seconds=91)
    await ann.sign_in()
    assert await sweeper_of(slow).step()
    assert await names(backend, f"sources/{project_id}/") == set()
    created = await ann.client.post(f"/api/v1/projects/{project_id}/previews", json=manifest(FILES))
    assert asked_for(created.json()) == 2
