"""Faults of everything around jobs: nothing that was accepted is lost, and nothing is done twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, documented, success
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.adapters.clock import utc_now
from hivesync_server.adapters.db import open_database
from hivesync_server.jobs.tables import JobRow, OutboxRow
from hivesync_server.settings import load
from sqlalchemy import func, select, update

pytestmark = pytest.mark.postgres_only
ORIGIN = "http://127.0.0.1:4000"


@pytest.fixture
async def pair(environ: dict[str, str]) -> AsyncIterator[list[BackendProcess]]:
    """Two servers on one database."""
    servers = [BackendProcess(environ | {"BASE_URL": ORIGIN}) for _ in range(2)]
    try:
        await asyncio.gather(*(server.start() for server in servers))
        yield servers
    finally:
        await asyncio.gather(*(server.kill() for server in servers))


async def test_a_worker_that_is_away_for_an_hour_gets_everything_once(
    ann: BackendUser, worker: FakeWorker, backend: RunningBackend, clock: MovableClock, reporter: Reporter
) -> None:
    await worker.stop()
    project_id = await ann.project()
    previews = [(await ann.preview(project_id))["preview"] for _ in range(3)]
    for preview in previews:
        await ann.complete(preview)
    docs = [(await ann.ask_docs(project_id, f"let a = {number}")).json() for number in range(3)]
    for _ in range(20):
        clock.advance(minutes=3)
        backend.wake_dispatcher()
        await asyncio.sleep(0.05)
    await ann.sign_in()
    notices = [(await ann.get(preview))["error"] for preview in previews]
    assert {notice["code"] for notice in notices if notice} == {"UPSTREAM_UNREACHABLE"}
    await worker.start()
    clock.advance(minutes=1)
    backend.wake_dispatcher()
    delivered = [await worker.next_delivery() for _ in range(6)]
    for each in delivered:
        report = success(each.job) if each.job.preview else documented(each.job)
        assert (await reporter.report(report)).json() == {"applied": True}
    assert {(await ann.get(preview))["state"] for preview in previews} == {"ready"}
    for each in docs:
        answer = await ann.client.get(f"/api/v1/projects/{project_id}/ai-docs/{each['id']}")
        assert answer.json()["state"] == "ready"
    assert worker.deliveries.empty()
    assert await _count(backend, OutboxRow) == 0


async def test_a_store_that_fails_holds_a_job_back_until_it_is_well(
    environ: dict[str, str], worker: FakeWorker
) -> None:
    # Nothing listens there, so every call of the store fails.
    sick = BackendProcess(environ | {"BASE_URL": ORIGIN, "R2_ENDPOINT": "http://127.0.0.1:9"})
    well = BackendProcess(environ | {"BASE_URL": ORIGIN})
    try:
        await sick.start()
        async with sick.client() as client:
            ann = await BackendUser(client, "ann").sign_up()
            project_id = await ann.project()
            preview = (await ann.preview(project_id))["preview"]
            await ann.complete(preview)
            await ann.ask_docs(project_id)
            await asyncio.sleep(2)
            assert worker.deliveries.empty(), "a job is not sent before its object is there"
            assert (await ann.get(preview))["state"] == "building"
        await sick.kill()
        await well.start()
        found = [await worker.next_delivery(90) for _ in range(2)]
        assert {each.job.kind for each in found} == {"preview.build", "ai.docs"}
        await asyncio.sleep(1)
        assert worker.deliveries.empty()
    finally:
        await asyncio.gather(sick.kill(), well.kill())


async def test_a_server_killed_while_it_delivers_loses_no_job_and_applies_none_twice(
    pair: list[BackendProcess], environ: dict[str, str], worker: FakeWorker
) -> None:
    first, second = pair
    async with first.client() as here, second.client() as there:
        ann = await BackendUser(here, "ann").sign_up()
        there.headers["Authorization"] = here.headers["Authorization"]
        project_id = await ann.project()
        previews = [(await ann.preview(project_id))["preview"] for _ in range(5)]
        await asyncio.gather(*(ann.complete(preview) for preview in previews))
        delivered = [await worker.next_delivery()]
        await first.kill()
        await _let_leases_end(environ)
        reporter = Reporter(there, environ["WORKER_SHARED_SECRET"])
        applied: Counter[str] = Counter()
        async with asyncio.timeout(60):
            while len(applied) < len(previews) or not all(applied.values()):
                job = delivered.pop().job if delivered else (await worker.next_delivery(60)).job
                applied[job.job_id] += (await reporter.report(success(job))).json()["applied"]
        assert set(applied.values()) == {1}
        survivor = BackendUser(there, "ann")
        assert {(await survivor.get(preview))["state"] for preview in previews} == {"ready"}
        news = (await there.get("/api/v1/notifications")).json()["items"]
        assert [item["type"] for item in news] == ["preview_ready"] * len(previews)


async def test_a_server_killed_while_it_takes_a_callback_applies_it_once(
    pair: list[BackendProcess], environ: dict[str, str], worker: FakeWorker
) -> None:
    first, second = pair
    async with first.client() as here, second.client() as there:
        ann = await BackendUser(here, "ann").sign_up()
        there.headers["Authorization"] = here.headers["Authorization"]
        survivor = BackendUser(there, "ann")
        delivered = await ann.queued(worker)
        build = delivered.job.preview
        assert build is not None
        preview = {"project_id": build.project_id, "id": build.preview_id}
        secret = environ["WORKER_SHARED_SECRET"]

        async def report(client: httpx.AsyncClient) -> Any:
            try:
                return (await Reporter(client, secret).report(success(delivered.job))).json()
            except httpx.HTTPError:
                return None  # killed before it could answer

        reports = [asyncio.create_task(report(here)) for _ in range(8)]
        await asyncio.sleep(0.02)
        await first.kill()
        answers = [*await asyncio.gather(*reports), await report(there), await report(there)]
        assert answers[-1] == {"applied": False}
        assert answers.count({"applied": True}) <= 1
        assert (await survivor.get(preview))["state"] == "ready"
        news = (await there.get("/api/v1/notifications")).json()["items"]
        assert [item["type"] for item in news] == ["preview_ready"]


async def _count(backend: RunningBackend, table: type[JobRow] | type[OutboxRow]) -> int:
    async with backend.resources.database.transaction(writes=False) as transaction:
        return await transaction.session.scalar(select(func.count()).select_from(table)) or 0


async def _let_leases_end(environ: dict[str, str]) -> None:
    """Have a minute pass for whatever the killed server had in hand."""
    database = open_database(load(environ).database)
    try:
        async with database.transaction() as transaction:
            held = update(OutboxRow).where(OutboxRow.leased_until.is_not(None))
            await transaction.session.execute(held.values(leased_until=utc_now() - timedelta(seconds=1)))
    finally:
        await database.close()
