"""What nothing needs any more goes from the object store, and what a preview may still read stays."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest
from hivesync_contract.jobs import source_key
from hivesync_dev.servers.backend_user import SOURCE, BackendUser, manifest, preview_path
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, documented, success
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.servers.s3 import S3Server
from hivesync_dev.waiting import until
from hivesync_server.adapters.objects import ObjectStoreUnreachable
from hivesync_server.adapters.objects.store import ObjectStore
from hivesync_server.previews.sweeper import SourceSweeper

LARGE = b"x" * 70_000


@pytest.fixture
def sweeper(backend: RunningBackend) -> SourceSweeper:
    """What cleans up sources, to be asked at will."""
    resources = backend.resources
    return SourceSweeper(resources.database, resources.objects.previews, resources.clock)


async def names(backend: RunningBackend, folder: str) -> set[str]:
    return set(await backend.resources.objects.previews.names(folder))


async def emptied(backend: RunningBackend, folder: str) -> None:
    """Wait until nothing lies in a folder."""

    async def is_empty() -> bool:
        backend.resources.deletion_ready.set()
        return not await names(backend, folder)

    await until(is_empty)


async def built(
    ann: BackendUser,
    worker: FakeWorker,
    reporter: Reporter,
    backend: RunningBackend,
    project_id: str,
    files: dict[str, bytes],
) -> dict[str, Any]:
    """Take a preview to its end, with the objects that the Worker would have stored."""
    answer = await ann.client.post(f"/api/v1/projects/{project_id}/previews", json=manifest(files))
    created: dict[str, Any] = answer.json()
    await ann.complete(created["preview"])
    job = (await worker.next_delivery()).job
    store, by_hash = backend.resources.objects.previews, {_hash(data): data for data in files.values()}
    packs = [b"".join(by_hash[sha] for sha in pack["sha256s"]) for pack in created["uploads"]["packs"]]
    for content in [*packs, *(by_hash[file["sha256"]] for file in created["uploads"]["files"])]:
        await store.put(source_key(project_id, _hash(content)), content, "text/plain")
    await store.put(f"previews/{created['preview']['id']}/v1/index.html", b"<p>", "text/html")
    report = await reporter.report(success(job, packs=[_hash(content) for content in packs]))
    assert report.json() == {"applied": True}
    return created


def asked_for(created: dict[str, Any]) -> int:
    uploads = created["uploads"]
    return sum(len(pack["sha256s"]) for pack in uploads["packs"]) + len(uploads["files"])


async def test_an_expired_preview_leaves_its_history_only(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, backend: RunningBackend, clock: MovableClock
) -> None:
    project_id = await ann.project()
    preview = (await built(ann, worker, reporter, backend, project_id, SOURCE))["preview"]
    folder = f"previews/{preview['id']}/"
    clock.advance(hours=24)
    backend.resources.deletion_ready.set()
    await asyncio.sleep(0.3)
    assert len(await names(backend, folder)) == 2, "a phone may be looking"
    clock.advance(hours=1, seconds=1)
    await emptied(backend, folder)
    await ann.sign_in()
    assert (await ann.get(preview))["state"] == "ready"


@pytest.mark.any_database
async def test_what_is_deleted_takes_its_objects_along(
    ann: BackendUser,
    worker: FakeWorker,
    reporter: Reporter,
    backend: RunningBackend,
    clock: MovableClock,
    s3: S3Server,
) -> None:
    project_id = await ann.project()
    first, second = [
        (await built(ann, worker, reporter, backend, project_id, SOURCE))["preview"] for _ in range(2)
    ]
    await ann.client.delete(preview_path(first))
    await emptied(backend, f"previews/{first['id']}/")
    assert await names(backend, f"previews/{second['id']}/")
    # What a build wrote that was under way then goes later.
    await backend.resources.objects.previews.put(f"previews/{first['id']}/v1/late.js", b"1", "text/plain")
    clock.advance(hours=1, seconds=1)
    await emptied(backend, f"previews/{first['id']}/")
    await ann.sign_in()

    docs = (await ann.ask_docs(project_id)).json()
    job = (await worker.next_delivery()).job
    assert job.ai_docs is not None
    await backend.resources.objects.artifacts.put(job.ai_docs.result_key, b"{}", "application/json")
    assert await names(backend, job.ai_docs.request_key)
    await reporter.report(documented(job))
    await emptied(backend, job.ai_docs.request_key)
    assert await backend.resources.objects.artifacts.names(job.ai_docs.result_key)
    await ann.client.delete(f"/api/v1/projects/{project_id}/ai-docs/{docs['id']}")

    async def result_gone() -> bool:
        backend.resources.deletion_ready.set()
        assert job.ai_docs is not None
        return not await backend.resources.objects.artifacts.names(job.ai_docs.result_key)

    await until(result_gone)
    assert await names(backend, f"sources/{project_id}/")
    await ann.client.delete(f"/api/v1/projects/{project_id}")
    await emptied(backend, f"sources/{project_id}/")
    await emptied(backend, f"previews/{second['id']}/")


async def test_sources_go_when_nobody_has_used_them_for_long(
    ann: BackendUser,
    worker: FakeWorker,
    reporter: Reporter,
    backend: RunningBackend,
    clock: MovableClock,
    sweeper: SourceSweeper,
) -> None:
    project_id = await ann.project()
    old = {"index.html": b"<p>", "old.js": b"1", "old.png": LARGE}
    kept = {"index.html": b"<p>", "new.js": b"2"}
    await built(ann, worker, reporter, backend, project_id, old)
    clock.advance(days=5)
    await ann.sign_in()
    again = await built(ann, worker, reporter, backend, project_id, kept)
    assert asked_for(again) == 1, "index.html is there"
    before = await names(backend, f"sources/{project_id}/")
    clock.advance(days=3)
    while await sweeper.step():
        pass
    gone = before - await names(backend, f"sources/{project_id}/")
    # The first pack stays: index.html lies in it, and was used since.
    assert gone == {source_key(project_id, _hash(LARGE))}
    clock.advance(days=5)
    while await sweeper.step():
        pass
    assert await names(backend, f"sources/{project_id}/") == set()
    await ann.sign_in()
    assert asked_for(await built(ann, worker, reporter, backend, project_id, old)) == 3


async def test_a_source_that_is_just_cleaned_up_is_sent_again_and_stays(
    ann: BackendUser,
    worker: FakeWorker,
    reporter: Reporter,
    backend: RunningBackend,
    clock: MovableClock,
    sweeper: SourceSweeper,
) -> None:
    project_id = await ann.project()
    files = {"index.html": b"<p>", "photo.png": LARGE}
    await built(ann, worker, reporter, backend, project_id, files)
    clock.advance(days=8)
    await ann.sign_in()
    assert await sweeper.step(), "now marked"
    created = (await ann.client.post(f"/api/v1/projects/{project_id}/previews", json=manifest(files))).json()
    assert asked_for(created) == 2, "what is marked is not promised to anybody"
    # From here on the sweeper has to wait: for the upload, then for the build.
    assert not await sweeper.step()
    clock.advance(minutes=61)
    await ann.sign_in()
    await ann.complete(created["preview"])
    delivered = await worker.next_delivery()
    assert not await sweeper.step()
    pack = hashlib.sha256(b"<p>").hexdigest()
    assert (await reporter.report(success(delivered.job, packs=[pack]))).json() == {"applied": True}
    while await sweeper.step():
        pass
    assert len(await names(backend, f"sources/{project_id}/")) == 2
    third = (await ann.client.post(f"/api/v1/projects/{project_id}/previews", json=manifest(files))).json()
    assert asked_for(third) == 0


async def test_sweeping_while_previews_begin_never_takes_what_was_promised(
    ann: BackendUser,
    worker: FakeWorker,
    reporter: Reporter,
    backend: RunningBackend,
    clock: MovableClock,
    sweeper: SourceSweeper,
) -> None:
    files = {"index.html": b"<p>", "photo.png": LARGE}
    projects = [await ann.project() for _ in range(6)]
    for project_id in projects:
        await built(ann, worker, reporter, backend, project_id, files)
    clock.advance(days=8)
    await ann.sign_in()

    async def sweep() -> None:
        for _ in range(8):
            await sweeper.step()

    async def begin(project_id: str, delay: float) -> tuple[str, int]:
        await asyncio.sleep(delay)
        path = f"/api/v1/projects/{project_id}/previews"
        return project_id, asked_for((await ann.client.post(path, json=manifest(files))).json())

    sweeping = asyncio.create_task(sweep())
    answers = await asyncio.gather(*(begin(project, n * 0.03) for n, project in enumerate(projects)))
    await sweeping
    await sweep()
    for project_id, asked in answers:
        stored = await names(backend, f"sources/{project_id}/")
        assert asked == 2 or len(stored) == 2, "a preview was told that a file is there, and it is not"


@pytest.mark.any_database
async def test_a_store_that_fails_costs_neither_an_object_nor_a_row(
    ann: BackendUser,
    worker: FakeWorker,
    reporter: Reporter,
    backend: RunningBackend,
    clock: MovableClock,
    sweeper: SourceSweeper,
) -> None:
    class Failing:
        async def delete(self, keys: object) -> frozenset[str]:
            raise ObjectStoreUnreachable

    project_id = await ann.project()
    await built(ann, worker, reporter, backend, project_id, SOURCE)
    clock.advance(days=8)
    assert await sweeper.step()
    store: ObjectStore = Failing()  # type: ignore[assignment]
    with pytest.raises(ObjectStoreUnreachable):
        await SourceSweeper(sweeper.database, store, sweeper.clock).step()
    assert await names(backend, f"sources/{project_id}/")
    assert not await sweeper.step(), "the store may still be at it"
    clock.advance(seconds=91)
    while await sweeper.step():
        pass
    assert await names(backend, f"sources/{project_id}/") == set()


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
