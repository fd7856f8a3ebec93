"""Deadlines: a build that nobody reports is sent once more, and then the preview says why it failed."""

from __future__ import annotations

from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.fake_worker import Delivered, FakeWorker, Reporter, success
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.waiting import until
from hivesync_server.jobs.tables import JobRow
from sqlalchemy import select


async def overdue(backend: RunningBackend, clock: MovableClock) -> None:
    """Let the deadline pass, once the job is known to be with the Worker."""
    await until_job_is(backend, "sent")
    clock.advance(seconds=61)
    backend.wake_dispatcher()


async def until_job_is(backend: RunningBackend, state: str) -> None:
    async def is_so() -> bool:
        async with backend.resources.database.transaction(writes=False) as transaction:
            return await transaction.session.scalar(select(JobRow.state)) == state

    await until(is_so)


def preview_of(delivered: Delivered) -> dict[str, str]:
    build = delivered.job.preview
    assert build is not None
    return {"project_id": build.project_id, "id": build.preview_id}


async def test_an_unanswered_job_is_sent_once_more_as_a_new_attempt(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend, clock: MovableClock, reporter: Reporter
) -> None:
    first = await ann.queued(worker)
    await overdue(backend, clock)
    second = await worker.next_delivery()
    assert second.message_id == f"{first.job.job_id}.2"
    assert (second.job.job_id, second.job.attempt) == (first.job.job_id, 2)

    late = await reporter.report(success(first.job))
    assert late.json() == {"applied": False}
    assert (await ann.get(preview_of(first)))["state"] == "building"
    assert (await reporter.report(success(second.job))).json() == {"applied": True}
    assert (await ann.get(preview_of(first)))["state"] == "ready"


async def test_a_job_unanswered_twice_fails_with_its_reason(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend, clock: MovableClock, reporter: Reporter
) -> None:
    first = await ann.queued(worker)
    await overdue(backend, clock)
    second = await worker.next_delivery()
    await overdue(backend, clock)
    await until_job_is(backend, "failed")
    failed = await ann.get(preview_of(first))
    assert (failed["state"], failed["error"]["code"]) == ("failed", "WORKER_TIMEOUT")
    assert (await reporter.report(success(second.job))).json() == {"applied": False}
    assert worker.deliveries.empty()


async def test_a_job_that_never_finds_a_worker_fails_after_a_day(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend, clock: MovableClock
) -> None:
    worker.answer_status = 503
    first = await ann.queued(worker)
    clock.advance(hours=25)
    backend.wake_dispatcher()
    await until_job_is(backend, "failed")
    await ann.sign_in()
    assert (await ann.get(preview_of(first)))["error"]["code"] == "WORKER_TIMEOUT"


async def test_an_old_versions_report_does_not_touch_the_new_one(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    from hivesync_dev.servers.backend_user import SOURCE, manifest, preview_path

    first = await ann.queued(worker)
    preview = preview_of(first)
    await ann.client.post(f"{preview_path(preview)}/versions", json=manifest(SOURCE))
    await reporter.report(success(first.job))
    shown = await ann.get(preview)
    assert (shown["version"], shown["state"]) == (2, "uploading")
