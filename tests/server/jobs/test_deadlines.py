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
    await until_jobs_are(backend, "sent")
    clock.advance(seconds=61)
    backend.wake_dispatcher()


async def until_jobs_are(backend: RunningBackend, state: str) -> None:
    async def is_so() -> bool:
        async with backend.resources.database.transaction(writes=False) as transaction:
            states = (await transaction.session.scalars(select(JobRow.state))).all()
            return set(states) == {state}

    await until(is_so)


async def all_are_looked_at(backend: RunningBackend, clock: MovableClock, seconds: float) -> None:
    """Let time pass until the dispatcher has looked at each job whose deadline passed meanwhile."""
    clock.advance(seconds=seconds)
    backend.wake_dispatcher()

    async def is_so() -> bool:
        overdue = select(JobRow.id).where(JobRow.state == "sent", JobRow.deadline_at <= clock())
        async with backend.resources.database.transaction(writes=False) as transaction:
            return await transaction.session.scalar(overdue) is None

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
    await until_jobs_are(backend, "failed")
    failed = await ann.get(preview_of(first))
    assert (failed["state"], failed["error"]["code"]) == ("failed", "WORKER_TIMEOUT")
    assert (await reporter.report(success(second.job))).json() == {"applied": False}
    assert worker.deliveries.empty()


async def test_a_job_is_waited_for_from_its_turn_however_long_the_queue_is(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend, clock: MovableClock, reporter: Reporter
) -> None:
    queue = []
    for _ in range(5):
        clock.advance(seconds=1)
        queue.append(await ann.queued(worker))
    await until_jobs_are(backend, "sent")
    for delivered in queue[:2]:
        await all_are_looked_at(backend, clock, seconds=50)
        assert (await reporter.report(success(delivered.job))).json() == {"applied": True}
    await all_are_looked_at(backend, clock, seconds=59)
    assert worker.deliveries.empty()

    await all_are_looked_at(backend, clock, seconds=2)
    lost = await worker.next_delivery()
    assert (lost.job.job_id, lost.job.attempt) == (queue[2].job.job_id, 2)
    await all_are_looked_at(backend, clock, seconds=50)
    assert worker.deliveries.empty()  # the next one's turn has only begun

    # What was sent last is answered: the others, sent before it, were lost as well.
    assert (await reporter.report(success(lost.job))).json() == {"applied": True}
    await all_are_looked_at(backend, clock, seconds=6)
    again = [await worker.next_delivery() for _ in queue[3:]]
    assert {each.job.job_id for each in again} == {each.job.job_id for each in queue[3:]}
    assert [(await reporter.report(success(each.job))).json()["applied"] for each in again] == [True, True]


async def test_nobody_waits_longer_than_a_quarter_of_an_hour_for_others(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend, clock: MovableClock
) -> None:
    queue = []
    for _ in range(3):
        clock.advance(seconds=1)
        queue.append(await ann.queued(worker))
    await until_jobs_are(backend, "sent")
    clock.advance(minutes=15)
    backend.wake_dispatcher()
    again = [await worker.next_delivery() for _ in queue]
    assert {each.job.job_id for each in again} == {each.job.job_id for each in queue}


async def test_a_job_that_never_finds_a_worker_fails_after_a_day(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend, clock: MovableClock
) -> None:
    worker.answer_status = 503
    first = await ann.queued(worker)
    clock.advance(hours=25)
    backend.wake_dispatcher()
    await until_jobs_are(backend, "failed")
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
