"""The server as an operator meets it: a process that starts, stops, is killed, and keeps its promises."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hivesync_contract.identity import Tier
from hivesync_dev.full_disk import fill, small_disk
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, success
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_server import operations
from hivesync_server.adapters.db import opened
from hivesync_server.audit.tables import AuditRow
from hivesync_server.settings import Settings
from sqlalchemy import select


def run(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hivesync_server", *arguments]
    return subprocess.run(
        command,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


Start = Callable[..., Awaitable[BackendProcess]]


@pytest.fixture
async def servers(environ: dict[str, str]) -> AsyncIterator[Start]:
    """Starts servers, and leaves none behind."""
    async with AsyncExitStack() as stack:

        async def start(**changed: str) -> BackendProcess:
            server = BackendProcess(environ | changed)
            stack.push_async_callback(server.kill)
            return await server.start()

        yield start


async def test_a_killed_server_loses_nothing_it_accepted(
    servers: Start, environ: dict[str, str], worker: FakeWorker
) -> None:
    await worker.stop()
    server = await servers()
    async with server.client() as client:
        ann = await BackendUser(client, "ann").sign_up()
        created = await ann.preview(await ann.project())
        await ann.complete(created["preview"])
    await server.kill()

    await worker.start()
    server = await servers(BASE_URL=server.url)
    async with server.client() as client:
        ann = await BackendUser(client, "ann").sign_in()
        job = (await worker.next_delivery(60)).job
        await Reporter(client, environ["WORKER_SHARED_SECRET"]).report(success(job))
        assert (await ann.get(created["preview"]))["state"] == "ready"
        headers = {"Last-Event-ID": "0"}
        states = []
        async with client.stream("GET", "/api/v1/events", headers=headers) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data:"):
                    states.append(json.loads(line[5:])["preview"]["state"])
                if "ready" in states:
                    break
    assert [state for state in states if state != "building"] == ["uploading", "ready"]
    assert worker.deliveries.empty()


@pytest.mark.any_database
async def test_a_server_killed_after_the_delivery_takes_the_report_of_the_next_one(
    servers: Start, environ: dict[str, str], worker: FakeWorker
) -> None:
    server = await servers()
    async with server.client() as client:
        ann = await BackendUser(client, "ann").sign_up()
        delivered = await ann.queued(worker)
        build = delivered.job.preview
        assert build is not None
        preview = {"project_id": build.project_id, "id": build.preview_id}
    await server.kill()
    server = await servers(BASE_URL=server.url)
    async with server.client() as client:
        ann = await BackendUser(client, "ann").sign_in()
        report = await Reporter(client, environ["WORKER_SHARED_SECRET"]).report(success(delivered.job))
        assert report.json() == {"applied": True}
        assert (await ann.get(preview))["state"] == "ready"


@pytest.mark.any_database
async def test_a_disk_that_fills_up_costs_nothing_that_was_accepted(servers: Start, tmp_path: Path) -> None:
    project = {"name": "x", "description": "y" * 10_000}
    with small_disk(tmp_path / "disk", 2048) as disk:
        # One origin for both: it issues the token, and a full disk lets nobody sign in again.
        on_disk = {"HIVESYNC_DATA_DIR": str(disk), "BASE_URL": "http://127.0.0.1:4000"}
        server = await servers(**on_disk)
        async with server.client() as client:
            ann = await BackendUser(client, "ann").sign_up()
            answers = [await ann.client.post("/api/v1/projects", json=project) for _ in range(150)]
            assert (answers[-1].status_code, answers[-1].json()["code"]) == (507, "STORAGE_FULL")
            accepted = {answer.json()["id"] for answer in answers if answer.status_code == 201}
        await server.kill()
        again = await servers(**on_disk)
        async with again.client() as client:
            client.headers["Authorization"] = f"Bearer {ann.tokens['access_token']}"
            stored = (await client.get("/api/v1/projects", params={"limit": 200})).json()["items"]
        await again.kill()
    assert {item["id"] for item in stored} == accepted


@pytest.mark.any_database
def test_a_disk_that_is_full_at_the_start_is_an_error_of_one_line(
    environ: dict[str, str], tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 16) as disk:
        fill(disk)
        without_secret = {name: value for name, value in environ.items() if name != "JWT_SECRET"}
        result = run(without_secret | {"HIVESYNC_DATA_DIR": str(disk)}, "serve", "--json")
    assert result.returncode == 1
    error = json.loads(result.stderr)
    assert error["error"] == "STORAGE_FULL"
    assert str(disk / "jwt_secret.secret") in error["detail"]


@pytest.mark.any_database
async def test_a_stopped_server_ends_its_streams_and_exits_well(servers: Start) -> None:
    server = await servers()
    async with server.client() as client:
        await BackendUser(client, "ann").sign_up()
        async with client.stream("GET", "/api/v1/events") as answer:
            lines = answer.aiter_lines()
            await anext(lines)
            assert await server.stop() == 0
    assert "Traceback" not in server.log


@pytest.mark.any_database
async def test_two_servers_started_at_once_share_a_new_database(servers: Start, tmp_path: Path) -> None:
    folder = str(tmp_path / "new")
    first, second = await asyncio.gather(servers(HIVESYNC_DATA_DIR=folder), servers(HIVESYNC_DATA_DIR=folder))
    async with first.client() as client:
        await BackendUser(client, "ann").sign_up()
    async with second.client() as client:
        await BackendUser(client, "ann").sign_in()


@pytest.mark.any_database
async def test_no_secret_reaches_the_log_at_any_level(servers: Start, environ: dict[str, str]) -> None:
    server = await servers(LOG_LEVEL="DEBUG", LOG_FORMAT="json", METRICS_TOKEN="canary-metrics-token")
    async with server.client() as client:
        ann = await BackendUser(client, "ann").sign_up()
        wrong = {"login": "someone@example.com", "password": "canary-password"}
        await client.post("/api/v1/auth/login", json=wrong)
        await client.get("/device", params={"user_code": "canary-query"})
        await client.get("/api/v1/canary-path", headers={"Cookie": "a=canary-cookie"})
        created = await ann.preview(await ann.project())
        link = created["preview"]["preview_url"]
        await client.get("/api/v1/auth/me", headers={"X-Real-IP": "203.0.113.77"})
        await client.get("/metrics", headers={"Authorization": "Bearer canary-metrics-token"})
    await server.stop()
    lines = [json.loads(line) for line in server.log.splitlines()]
    assert any(line.get("status") == 401 for line in lines)
    mine = [line for line in lines if line.get("route") == "/api/v1/auth/me"]
    assert mine[-1]["user"] == ann.profile["id"]
    assert mine[-1]["request_id"]
    assert mine[-1]["network"] == "203.0.113.0/24"
    assert "s…@example.com" in server.log
    secrets = ["canary", "203.0.113.77", "someone@", PASSWORD, link.partition("#")[2], ann.email]
    secrets += [ann.tokens["access_token"], ann.tokens["refresh_token"]]
    secrets += [environ["JWT_SECRET"], environ["WORKER_SHARED_SECRET"]]
    for secret in secrets:
        assert secret not in server.log


@pytest.mark.any_database
def test_a_port_that_is_taken_is_an_error_of_one_line(environ: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run(environ, "serve", "--port", port, "--json")
    assert result.returncode == 1
    assert json.loads(result.stderr.splitlines()[-1])["error"] == "OS_ERROR"
    assert "Traceback" not in result.stderr


@pytest.mark.any_database
@pytest.mark.parametrize("command", [["serve"], ["migrate"], ["set-tier", "ann", "pro"]])
def test_a_setting_that_can_not_be_used_is_named(environ: dict[str, str], command: list[str]) -> None:
    result = run(environ | {"PORT": "eighty"}, *command)
    assert result.returncode == 1
    assert "PORT must be a whole number" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.any_database
def test_a_database_that_is_away_is_an_error_of_one_line(environ: dict[str, str]) -> None:
    url = "postgres://u:canary@127.0.0.1:1/x?connect_timeout=2"
    result = run(environ | {"DATABASE_URL": url}, "migrate", "--json")
    assert result.returncode == 1
    assert json.loads(result.stderr)["error"] == "DATABASE_UNAVAILABLE"
    assert "canary" not in result.stderr


@pytest.mark.any_database
def test_production_does_not_start_on_a_database_without_tables(
    environ: dict[str, str], postgres: PostgresServer
) -> None:
    from_the_guide = {
        "HIVESYNC_ENV": "staging",
        "BASE_URL": "https://api.acme.test",
        "WORKER_URL": "https://worker.acme.test",
        "DATABASE_URL": postgres.url(postgres.create_database()),
        "R2_ENDPOINT": "https://r2.acme.test",
        "R2_SECRET_KEY": "k3Jx9vQ2mZ7wT5bN8rL4cY6pH1sD0fGaUeIoXqWzRtYv",
    }
    result = run(environ | from_the_guide, "serve")
    assert result.returncode == 1
    assert "hivesync-server migrate" in result.stderr


def test_the_operator_makes_an_admin_and_changes_a_tier(environ: dict[str, str]) -> None:
    admin = environ | {"HIVESYNC_ADMIN_PASSWORD": PASSWORD}
    made = run(admin, "create-admin", "owner@example.com", "owner", "--json")
    assert json.loads(made.stdout)["is_admin"] is True
    changed = run(environ, "set-tier", "Owner@example.com", "pro", "--json")
    assert json.loads(changed.stdout)["tier"] == "pro"
    again = run(admin, "create-admin", "owner@example.com", "owner")
    assert (again.returncode, "Traceback" in again.stderr) == (1, False)
    unknown = run(environ, "set-tier", "nobody", "pro", "--json")
    assert json.loads(unknown.stderr)["error"] == "NOT_FOUND"
    weak = run(environ | {"HIVESYNC_ADMIN_PASSWORD": "short"}, "create-admin", "a@example.com", "abc")
    assert (weak.returncode, "password" in weak.stderr) == (1, True)
    short = run(admin, "create-admin", "a@example.com", "ab")
    assert (short.returncode, short.stderr) == (
        1,
        "Error: username: must be 3 to 32 of a to z, 0 to 9, _ and -\n",
    )
    unasked = run(environ, "create-admin", "a@example.com", "abc")
    assert (unasked.returncode, unasked.stderr.count("HIVESYNC_ADMIN_PASSWORD"), unasked.stdout) == (1, 1, "")


@pytest.mark.any_database
async def test_what_the_operator_does_by_command_is_in_the_audit_log(settings: Settings) -> None:
    owner = await operations.create_admin(settings, "owner@example.com", "owner", PASSWORD)
    await operations.set_tier(settings, "owner", Tier.PRO)
    async with opened(settings.database) as database, database.transaction(writes=False) as transaction:
        entries = (await transaction.session.scalars(select(AuditRow).order_by(AuditRow.id))).all()
    made, changed = entries
    assert (made.action, made.actor_id, made.subject_id) == ("admin.created", None, owner.id)
    assert (changed.action, changed.actor_id, changed.subject_id) == ("admin.user_changed", None, owner.id)
    assert json.loads(changed.data) == {"tier": "pro"}


@pytest.mark.any_database
def test_a_wrong_usage_exits_with_2(environ: dict[str, str]) -> None:
    assert run(environ, "set-tier", "ann", "gold").returncode == 2
    assert run(environ, "nonsense").returncode == 2


@pytest.mark.any_database
def test_the_api_describes_itself_without_being_started(environ: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    assert run(environ, "export-openapi", str(path)).returncode == 0
    described = json.loads(path.read_text())
    assert described == json.loads(run(environ, "export-openapi").stdout)
    assert "/api/v1/projects/{project_id}/previews" in described["paths"]
    assert not [path for path in described["paths"] if path.startswith(("/device", "/dev/", "/static"))]
