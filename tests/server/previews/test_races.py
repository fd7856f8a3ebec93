"""Two programs at the same moment: each gets an answer that is true, and nothing is done twice."""

from __future__ import annotations

import asyncio

from hivesync_dev.servers.backend_user import SOURCE, BackendUser, manifest, preview_path
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, success
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.jobs.tables import JobRow
from sqlalchemy import func, select

AT_ONCE = 8


async def jobs_of(backend: RunningBackend) -> int:
    async with backend.resources.database.transaction(writes=False) as transaction:
        return await transaction.session.scalar(select(func.count()).select_from(JobRow)) or 0


async def test_completing_many_times_at_once_builds_once(ann: BackendUser, backend: RunningBackend) -> None:
    preview = (await ann.preview(await ann.project()))["preview"]
    completed = await asyncio.gather(*(ann.complete(preview) for _ in range(AT_ONCE)))
    assert {answer["state"] for answer in completed} == {"building"}
    assert await jobs_of(backend) == 1


async def test_versions_begun_at_once_are_numbered_one_after_another(ann: BackendUser) -> None:
    preview = (await ann.preview(await ann.project()))["preview"]
    begin = (
        ann.client.post(f"{preview_path(preview)}/versions", json=manifest(SOURCE)) for _ in range(AT_ONCE)
    )
    answers = await asyncio.gather(*begin)
    assert [answer.status_code for answer in answers] == [201] * AT_ONCE
    numbers = sorted(answer.json()["preview"]["version"] for answer in answers)
    assert numbers == list(range(2, AT_ONCE + 2))


async def test_callbacks_at_once_have_one_effect(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    job = (await ann.queued(worker)).job
    answers = await asyncio.gather(*(reporter.report(success(job)) for _ in range(AT_ONCE)))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["applied"] for answer in answers) == [False] * (AT_ONCE - 1) + [True]
