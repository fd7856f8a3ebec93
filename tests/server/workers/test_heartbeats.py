"""Workers' heartbeats, and what admins are told: once for each time that something goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from hivesync_contract.workers import Heartbeat
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server import operations
from hivesync_server.alerts.incidents import incidents_on
from hivesync_server.jobs.tables import JobRow
from hivesync_server.settings import Settings
from hivesync_server.settings.groups import WorkerWatchSettings
from hivesync_server.workers.watch import WorkerWatch
from sqlalchemy import select, update

BEAT = Heartbeat("worker-1", "0.1.0", running=2, queued=7, done=30, failed=1, errors=0)


async def beat(reporter: Reporter, *, path: str = "/workers/heartbeat", **bent: Any) -> httpx.Response:
    body = msgspec.json.encode(msgspec.to_builtins(BEAT) | bent)
    identifier = f"heartbeat.{bent.get('worker_id', 'worker-1')}.{int(reporter.now())}"
    return await reporter.client.post(path, content=body, headers=reporter.headers(body, identifier))


@pytest.fixture
async def admin(backend: RunningBackend, settings: Settings) -> AsyncIterator[BackendUser]:
    """Who runs the server."""
    await operations.create_admin(settings, "owner@example.com", "owner", PASSWORD)
    async with backend.client() as client:
        yield await BackendUser(client, "owner").sign_in()


@pytest.fixture
def watch(backend: RunningBackend) -> WorkerWatch:
    """What looks after Workers, to be asked at will."""
    resources = backend.resources
    return WorkerWatch(
        resources.database,
        lambda transaction: incidents_on(resources, transaction),
        WorkerWatchSettings(down_minutes=5, queue_high_jobs=2, failed_jobs=2),
        resources.clock,
    )


async def told(user: BackendUser) -> list[str]:
    await user.sign_in()
    items = (await user.client.get("/api/v1/notifications")).json()["items"]
    return ["over" if item["text"].startswith("Over") else item["type"] for item in items][::-1]


@pytest.mark.any_database
async def test_only_the_worker_is_heard_and_only_news(reporter: Reporter, clock: MovableClock) -> None:
    body = msgspec.json.encode(BEAT)
    headers = reporter.headers(body, "heartbeat.worker-1.1")
    for applied in (True, False):
        answer = await reporter.client.post("/workers/heartbeat", content=body, headers=headers)
        assert answer.json() == {"applied": applied}
    clock.advance(seconds=60)
    assert (await beat(reporter, path="/api/v1/workers/heartbeat")).json() == {"applied": True}
    for bent in ({"worker_id": "a/b"}, {"running": -1}, {"running": "2"}, {"secret": "x"}):
        assert (await beat(reporter, **bent)).status_code == 422, bent
    headers = reporter.headers(body, "heartbeat.worker-2.1")
    assert (
        await reporter.client.post("/workers/heartbeat", content=body, headers=headers)
    ).status_code == 422
    for name in ("authorization", "webhook-signature", "webhook-timestamp"):
        headers = reporter.headers(body, "heartbeat.worker-1.1") | {name: "1"}
        answer = await reporter.client.post("/workers/heartbeat", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "WORKER_SIGNATURE_INVALID")


async def test_admins_are_told_once_when_a_worker_falls_silent(
    admin: BackendUser, ann: BackendUser, watch: WorkerWatch, reporter: Reporter, clock: MovableClock
) -> None:
    clock.advance(hours=1)
    await watch.step()
    assert await told(admin) == [], "there may be none that sends any"
    await beat(reporter)
    clock.advance(minutes=4)
    await watch.step()
    assert await told(admin) == []
    clock.advance(minutes=2)
    for _ in range(3):
        await watch.step()
    assert await told(admin) == ["worker_down"]
    await beat(reporter)
    for _ in range(2):
        await watch.step()
    clock.advance(minutes=6)
    await watch.step()
    assert await told(admin) == ["worker_down", "over", "worker_down"]
    assert await told(ann) == []


async def test_admins_are_told_of_a_long_queue_and_of_failures_of_ours(
    admin: BackendUser, ann: BackendUser, watch: WorkerWatch, worker: FakeWorker, backend: RunningBackend
) -> None:
    worker.answer_status = 503
    project_id = await ann.project()
    for number in range(2):
        await ann.ask_docs(project_id, f"let a = {number}")
        await watch.step()
        assert await told(admin) == ["queue_high"] * number
    await watch.step()
    ended = {"state": "failed", "error_code": "WORKER_TIMEOUT", "finished_at": backend.clock()}
    for many, wanted in (
        (select(JobRow.id).order_by(JobRow.id).limit(1), []),
        (select(JobRow.id), ["job_failed"]),
    ):
        async with backend.resources.database.transaction() as transaction:
            await transaction.session.execute(update(JobRow).where(JobRow.id.in_(many)).values(ended))
        for _ in range(2):
            await watch.step()
        # One failure is one user's bad luck. With it the queue is no longer high.
        assert [kind for kind in await told(admin) if kind == "job_failed"] == wanted
