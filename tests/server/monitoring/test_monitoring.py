"""Metrics, readiness and deep health: true figures, for the operator's eyes only."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import yaml
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.event_reader import listening
from hivesync_dev.servers.fake_worker import FakeWorker
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server import operations
from hivesync_server.adapters.ids import new_id
from hivesync_server.http.file_limits import raise_file_limit
from hivesync_server.jobs.tables import OutboxRow
from hivesync_server.logs import TextFormatter
from sqlalchemy import text, update

METRICS = "/metrics"
DEEP = "/api/v1/health/deep"
READY = "/api/v1/health/ready"
TOKEN = secrets.token_urlsafe(32)
ROOT = Path(__file__).parents[3]
NAME = re.compile(r"hivesync_\w+")
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    return environ | {"METRICS_TOKEN": TOKEN}


async def figures(client: httpx.AsyncClient) -> dict[str, float]:
    answer = await client.get(METRICS, headers=BEARER)
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


async def hold_all_jobs(backend: RunningBackend, since: datetime) -> None:
    """Let every job be due since then, in the hands of a process that does nothing about it."""
    held = {"available_at": since, "lease": new_id(), "leased_until": since + timedelta(days=1)}
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(update(OutboxRow).values(held))


async def test_metrics_tell_what_happened_and_what_waits(
    ann: BackendUser,
    client: httpx.AsyncClient,
    worker: FakeWorker,
    backend: RunningBackend,
    clock: MovableClock,
) -> None:
    await worker.stop()
    async with listening(ann.client) as stream:
        await stream.next()
        created = await ann.preview(await ann.project())
        await ann.complete(created["preview"])
        await stream.next_event()
        await hold_all_jobs(backend, since=clock() - timedelta(seconds=50))
        await client.post("/api/v1/auth/login", json={"login": "ann", "password": "canary"})
        await client.request("PROPFIND", "/api/v1/canary?canary=1")
        found = await figures(client)
        shown = (await client.get(METRICS, headers=BEARER)).text
    login = 'hivesync_http_requests_total{method="POST",route="/api/v1/auth/login",status="401"}'
    assert found[login] == 1
    assert found['hivesync_http_requests_total{method="other",route="(unknown)",status="404"}'] == 1
    assert found['hivesync_queue_waiting{queue="outbox"}'] == 1
    assert found['hivesync_queue_age_seconds{queue="outbox"}'] >= 50
    assert {
        'hivesync_queue_waiting{queue="mail_deliveries"}',
        'hivesync_queue_age_seconds{queue="webhook_deliveries"}',
    } <= set(found)
    assert (found["hivesync_processes"], found["hivesync_password_hashes_waiting"]) == (1, 0)
    assert found["hivesync_database_connections_in_use"] <= found["hivesync_database_connections_limit"] == 15
    alerts = (ROOT / "deploy/prometheus/hivesync.rules.yml").read_text("utf-8")
    known = {name.partition("{")[0] for name in found}
    assert {
        name for rule in yaml.safe_load(alerts)["groups"][0]["rules"] for name in NAME.findall(rule["expr"])
    } <= known
    assert (found["hivesync_event_streams"], found["hivesync_database_up"]) == (1, 1)
    assert found["hivesync_events_published_total"] >= 2
    began = 'hivesync_http_response_start_seconds_count{method="POST",route="/api/v1/projects"}'
    assert found[began] == 1
    for secret in ("canary", "PROPFIND", ann.profile["id"], ann.email, created["preview"]["id"]):
        assert secret not in shown


@pytest.mark.any_database
@pytest.mark.parametrize("path", [METRICS, DEEP])
async def test_only_the_token_and_admins_see_the_inside(
    ann: BackendUser, client: httpx.AsyncClient, backend: RunningBackend, path: str
) -> None:
    for headers in ({}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": f"Basic {TOKEN}"}):
        assert (await client.get(path, headers=headers)).status_code == 401
    answer = await ann.client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    await operations.create_admin(backend.settings, "owner@example.com", "owner", "correct horse battery")
    login = {"login": "owner", "password": "correct horse battery"}
    tokens = (await client.post("/api/v1/auth/login", json=login)).json()
    admin = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await client.get(path, headers=admin)).status_code == 200
    assert (await client.get(path, headers=BEARER)).status_code == 200


async def test_a_process_is_ready_while_its_database_has_the_right_schema(
    client: httpx.AsyncClient, backend: RunningBackend
) -> None:
    assert (await client.get(READY)).json() == {"ready": True, "reason": ""}
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = await client.get(READY)
    assert (answer.status_code, "migrate" in answer.json()["reason"]) == (503, True)
    assert (await client.get("/api/v1/health/live")).status_code == 200
    backend.resources.hub.close()
    assert "stops" in (await client.get(READY)).json()["reason"]


@pytest.mark.any_database
async def test_deep_health_names_what_is_broken_and_what_to_do(
    client: httpx.AsyncClient, worker: FakeWorker, environ: dict[str, str], backend: RunningBackend
) -> None:
    await operations.create_admin(backend.settings, "owner@example.com", "owner", "correct horse battery")

    def by_name(answer: httpx.Response) -> dict[str, Any]:
        return {finding["name"]: finding for finding in answer.json()["findings"]}

    answer = await client.get(DEEP, headers=BEARER)
    found = by_name(answer)
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    assert {"database", "schema", "redis", "worker", "mail"} <= set(found)
    assert sum(name.startswith("bucket ") for name in found) == 3
    assert all(finding["milliseconds"] >= 0 for finding in found.values())
    await worker.stop()
    answer = await client.get(DEEP, headers=BEARER)
    assert (answer.status_code, by_name(answer)["worker"]["state"]) == (503, "fail")
    assert "WORKER_URL" in by_name(answer)["worker"]["remedy"]
    for name in ("JWT_SECRET", "WORKER_SHARED_SECRET", "R2_SECRET_KEY", "METRICS_TOKEN"):
        assert environ[name] not in answer.text


@pytest.mark.any_database
async def test_two_processes_tell_the_sum_of_both_also_when_one_was_killed(
    environ: dict[str, str], redis_url: str
) -> None:
    server = await BackendProcess(environ | {"WEB_CONCURRENCY": "2", "REDIS_URL": redis_url}).start()
    live = "/api/v1/health/live"
    counted = f'hivesync_http_requests_total{{method="GET",route="{live}",status="200"}}'

    async def until(**wanted: float) -> None:
        """Ask, on new connections, until both processes have told these sums."""
        right = 0
        async with asyncio.timeout(90):
            while right < 6:
                async with server.client() as client:
                    found = await figures(client)
                told = {name: found[f"hivesync_{name}"] for name in wanted}
                right = right + 1 if told == wanted else 0
                await asyncio.sleep(0 if right else 0.2)

    try:
        for _ in range(12):  # each on a connection of its own, so that both processes get some
            async with server.client() as client:
                assert (await client.get(live)).status_code == 200
        for _ in range(6):
            async with server.client() as client:
                assert (await figures(client))[counted] == 12
        async with AsyncExitStack() as stack:
            ann = await BackendUser(await stack.enter_async_context(server.client()), "ann").sign_up()
            for _ in range(8):
                client = await stack.enter_async_context(server.client())
                client.headers["Authorization"] = ann.client.headers["Authorization"]
                await stack.enter_async_context(listening(client))
            await until(event_streams=8, processes=2, event_signals_connected=2)
            before = psutil.Process(server.pid).children()
            before[0].kill()
            while set(psutil.Process(server.pid).children()) <= set(before):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.05)
            async with server.client() as client:
                assert (await figures(client))[counted] == 12
            await until(processes=2, event_signals_connected=2)
    finally:
        await server.stop()


def test_a_log_for_people_is_one_short_line() -> None:
    record = logging.LogRecord("hivesync_server.x", logging.INFO, "", 0, "request", None, None)
    record.__dict__ |= {"method": "GET", "status": 200}
    line = TextFormatter().format(record)
    assert re.fullmatch(r"\d\d:\d\d:\d\d INFO    request method=GET status=200", line)


def test_the_limit_of_open_files_is_raised() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, before[1]))
    try:
        raise_file_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(65_536, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
