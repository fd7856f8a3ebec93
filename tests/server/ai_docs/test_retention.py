"""AI documentation is kept as long as its user's tier says, and jobs with their logs for 90 days."""

from __future__ import annotations

from dataclasses import replace

from hivesync_contract.identity import Tier
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, documented
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.waiting import until
from hivesync_server import operations
from hivesync_server.ai_docs import retention as ai_docs_retention
from hivesync_server.ai_docs.tables import AiDocsRow
from hivesync_server.jobs import retention as job_retention
from hivesync_server.jobs.tables import JobRow
from hivesync_server.object_deletions.service import ObjectDeletions
from sqlalchemy import select

from tests.server.conftest import SignUp


async def test_documentation_goes_by_tier_and_jobs_by_age_with_their_objects(
    sign_up: SignUp, worker: FakeWorker, reporter: Reporter, backend: RunningBackend, clock: MovableClock
) -> None:
    resources, start = backend.resources, clock()
    artifacts, logs = resources.objects.artifacts, resources.objects.logs
    results: dict[Tier, str] = {}
    for tier in Tier:
        user: BackendUser = await sign_up(f"user-{tier.value}")
        await operations.set_tier(backend.settings, user.username, tier)
        assert (await user.ask_docs(await user.project())).status_code == 202
        job = (await worker.next_delivery()).job
        assert job.ai_docs is not None
        results[tier] = job.ai_docs.result_key
        logs_key = f"logs/workers/w/{tier.value}.json"
        await artifacts.put(results[tier], b"{}", "application/json")
        await logs.put(logs_key, b"{}", "application/json")
        assert (await reporter.report(replace(documented(job), logs_key=logs_key))).is_success

    async def kept_on_day(day: int) -> tuple[int, int]:
        """Collect what is over on that day; count requests and jobs that are left."""
        clock.advance(days=day - (clock() - start).days)
        async with resources.database.transaction() as transaction:
            deletions = ObjectDeletions(transaction, resources.deletion_ready, clock())
            await ai_docs_retention.collect(deletions)
            await job_retention.collect(deletions)
        async with resources.database.transaction(writes=False) as transaction:
            requests = (await transaction.session.scalars(select(AiDocsRow.id))).all()
            jobs = (await transaction.session.scalars(select(JobRow.id))).all()
        return len(requests), len(jobs)

    kept = {day: await kept_on_day(day) for day in (29, 31, 89, 91, 364, 366)}
    assert kept == {29: (3, 3), 31: (2, 3), 89: (2, 3), 91: (1, 0), 364: (1, 0), 366: (0, 0)}

    async def nothing_is_stored() -> bool:
        backend.wake_deleter()
        heads = [await artifacts.head(key) for key in results.values()]
        return not any(heads) and not await logs.names("logs/workers/w/")

    await until(nothing_is_stored)
