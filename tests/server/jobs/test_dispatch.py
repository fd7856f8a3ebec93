"""The dispatcher: what was accepted is delivered, however often Worker or store are away."""

from __future__ import annotations

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, success
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.waiting import until
from hivesync_server.jobs.tables import OutboxRow
from hivesync_server.settings import load
from sqlalchemy import func, select


async def waiting(backend: RunningBackend) -> int:
    async with backend.resources.database.transaction(writes=False) as transaction:
        return await transaction.session.scalar(select(func.count()).select_from(OutboxRow)) or 0


async def until_none_waits(backend: RunningBackend) -> None:
    async def none_waits() -> bool:
        return await waiting(backend) == 0

    await until(none_waits)


async def test_a_job_waits_for_a_worker_that_is_away(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend, clock: MovableClock
) -> None:
    await worker.stop()
    created = await ann.preview(await ann.project())
    await ann.complete(created["preview"])
    assert await waiting(backend) == 1
    await worker.start()
    clock.advance(minutes=1)
    backend.wake_dispatcher()
    assert (await worker.next_delivery()).job.attempt == 1
    await until_none_waits(backend)


@pytest.mark.any_database
@pytest.mark.parametrize("status", [500, 503, 429, 401, 302])
async def test_a_worker_that_is_not_ready_is_asked_again_with_the_same_id(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend, clock: MovableClock, status: int
) -> None:
    worker.answer_status = status
    first = await ann.queued(worker)
    worker.answer_status = 202
    clock.advance(minutes=1)
    backend.wake_dispatcher()
    assert await worker.next_delivery() == first
    await until_none_waits(backend)


async def test_a_preview_says_that_it_waits_and_is_built_all_the_same(
    ann: BackendUser,
    worker: FakeWorker,
    backend: RunningBackend,
    clock: MovableClock,
    reporter: Reporter,
) -> None:
    worker.answer_status = 503
    delivered = await ann.queued(worker)
    build = delivered.job.preview
    assert build is not None
    preview = {"project_id": build.project_id, "id": build.preview_id}
    clock.advance(seconds=61)
    backend.wake_dispatcher()
    await worker.next_delivery()

    async def notice() -> object:
        return (await ann.get(preview))["error"]

    assert await until(notice)
    shown = await ann.get(preview)
    assert (shown["state"], shown["error"]["code"]) == ("building", "UPSTREAM_UNREACHABLE")

    worker.answer_status = 202
    clock.advance(minutes=1)
    backend.wake_dispatcher()
    await reporter.report(success((await worker.next_delivery()).job))
    ready = await ann.get(preview)
    assert (ready["state"], ready["error"]) == ("ready", None)


@pytest.mark.any_database
async def test_a_job_that_the_worker_can_not_read_fails_at_once(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend
) -> None:
    worker.answer_status = 400
    created = await ann.preview(await ann.project())
    await ann.complete(created["preview"])
    await worker.next_delivery()
    await until_none_waits(backend)
    failed = await ann.get(created["preview"])
    assert (failed["state"], failed["error"]["code"]) == ("failed", "INTERNAL_ERROR")


async def test_a_callback_may_be_faster_than_the_answer_to_its_job(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend, reporter: Reporter, clock: MovableClock
) -> None:
    worker.answer_status = 503  # the Worker has the job, but its answer is lost
    delivered = await ann.queued(worker)
    assert (await reporter.report(success(delivered.job))).json() == {"applied": True}
    clock.advance(minutes=1)
    backend.wake_dispatcher()
    await until_none_waits(backend)
    assert worker.deliveries.empty()


async def test_two_backends_on_one_database_deliver_once(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend, environ: dict[str, str]
) -> None:
    async with RunningBackend(load(environ), backend.clock):
        for _ in range(5):
            await ann.queued(worker)
        await until_none_waits(backend)
    assert worker.deliveries.empty()


async def test_a_deleted_preview_is_not_built(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend, reporter: Reporter
) -> None:
    delivered = await ann.queued(worker)
    assert delivered.job.preview is not None
    project = f"/api/v1/projects/{delivered.job.preview.project_id}"
    await ann.client.delete(f"{project}/previews/{delivered.job.preview.preview_id}")
    assert (await reporter.report(success(delivered.job))).json() == {"applied": False}
    await ann.client.delete(project)
    assert (await reporter.report(success(delivered.job))).status_code == 404
