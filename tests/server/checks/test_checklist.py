"""`hivesync-server check` finds what is wrong with a deployment, point by point, and says what to do."""

from __future__ import annotations

import asyncio
import json
import secrets
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web
from hivesync_contract.errors import ErrorCode
from hivesync_contract.jobs import CallbackError, JobStatus
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, documented, success
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server import operations
from hivesync_server.checks import Finding, State, outside, run_checks, services, stores
from hivesync_server.settings import load
from hivesync_server.workers.tables import WorkerHeartbeatRow

Found = dict[str, Finding]


async def look(environ: dict[str, str]) -> Found:
    return {finding.name: finding async for finding in run_checks(load(environ))}


def command(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hivesync_server", "check", *arguments],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


async def test_a_deployment_in_which_all_is_well_has_nothing_to_tell(
    environ: dict[str, str], backend: RunningBackend
) -> None:
    environ = environ | {"BASE_URL": backend.url, "PORT": str(backend.settings.http.port)}
    await operations.create_admin(load(environ), "owner@example.com", "owner", "correct horse battery")
    found = await look(environ)
    failed = [finding for finding in found.values() if finding.state is State.FAIL]
    assert failed == []
    for name in (
        "database",
        "schema",
        "admin",
        "worker",
        "clock",
        "object store clock",
        "server",
        "disk",
        "settings",
        "sealed",
    ):
        assert found[name].state is State.OK, found[name]
    assert [name for name in found if name.startswith("bucket ")] != []
    assert found["callback"].state is State.WARN
    assert found["callback"].remedy


async def test_the_database_is_told_from_its_schema_and_its_admin(
    environ: dict[str, str], postgres: PostgresServer, tmp_path: Path
) -> None:
    found = await look(environ)
    assert (found["schema"].state, found["admin"].state) == (State.OK, State.FAIL)
    assert "create-admin" in found["admin"].remedy
    empty = postgres.create_database()
    found = await look(environ | {"DATABASE_URL": postgres.url(empty)})
    assert (found["database"].state, found["schema"].state) == (State.OK, State.FAIL)
    assert "hivesync-server migrate" in found["schema"].remedy
    away = "postgres://u:canary@127.0.0.1:1/x?connect_timeout=2"
    found = await look(environ | {"DATABASE_URL": away})
    assert found["database"].state is State.FAIL
    assert "canary" not in json.dumps([finding.detail for finding in found.values()])


@pytest.mark.any_database
async def test_what_is_away_or_refuses_us_fails_by_name(environ: dict[str, str], worker: FakeWorker) -> None:
    nowhere = "http://127.0.0.1:9"
    found = await look(environ | {"REDIS_URL": "redis://127.0.0.1:9", "BASE_URL": nowhere})
    assert (found["redis"].state, found["server"].state) == (State.FAIL, State.FAIL)
    found = await look(environ | {"WORKER_SHARED_SECRET": secrets.token_urlsafe(40)})
    assert found["worker"].state is State.FAIL
    assert "WORKER_SHARED_SECRET" in found["worker"].remedy
    await worker.stop()
    assert "npm run deploy" in (await look(environ))["worker"].remedy
    found = await look(environ | {"R2_ENDPOINT": nowhere})
    assert {each.remedy for name, each in found.items() if name.startswith("bucket ")} == {stores.NO_STORE}
    found = await look(environ | {"R2_ARTIFACTS_BUCKET": "not-by-this-key", "R2_SECRET_KEY": "x" * 40})
    assert "R2_SECRET_KEY" in found["bucket not-by-this-key"].remedy


@asynccontextmanager
async def served(app: web.Application, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve on a free port, and give it."""
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


@asynccontextmanager
async def https_site(certificate: trustme.LeafCert) -> AsyncIterator[str]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    async with served(web.Application(), context) as port:
        yield f"https://localhost:{port}"


@pytest.mark.parametrize(
    ("code", "status", "remedy"),
    [("NoSuchBucket", 404, "Create it."), ("AccessDenied", 403, "R2_SECRET_KEY"), ("Slow", 503, "later")],
)
async def test_what_an_object_store_refuses_is_told_apart(
    environ: dict[str, str], code: str, status: int, remedy: str
) -> None:
    async def refuse(request: web.Request) -> web.Response:
        told = f"<Error><Code>{code}</Code><Message>No.</Message></Error>"
        return web.Response(status=status, text=told, content_type="application/xml")

    app = web.Application()
    app.router.add_put("/{key:.+}", refuse)
    async with served(app) as port:
        findings = await stores.buckets(load(environ | {"R2_ENDPOINT": f"http://127.0.0.1:{port}"}))
    assert [(each.state, remedy in each.remedy) for each in findings] == [(State.FAIL, True)] * 3


@pytest.mark.any_database
async def test_a_job_that_came_back_shows_that_the_worker_reaches_us(
    environ: dict[str, str], ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    delivered = await ann.queued(worker)
    [finding] = await services.callback(load(environ))
    assert (finding.state, "BACKEND_URL" in finding.remedy) == (State.FAIL, True)
    await reporter.report(success(delivered.job))
    [finding] = await services.callback(load(environ))
    assert finding.state is State.OK


@pytest.mark.any_database
async def test_the_engine_of_ai_documentation_is_told(
    environ: dict[str, str], ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    settings, project_id = load(environ), await ann.project()
    [finding] = await services.ai(settings)
    assert (finding.state, "hivesync docs" in finding.remedy) == (State.WARN, True)
    for content, code, expected, told in (
        ("let a", ErrorCode.AI_JOB_FAILED, State.FAIL, "AI_MODEL is not set"),
        ("let b", None, State.OK, "outline"),
        ("let c", ErrorCode.AI_DOCS_UNSUPPORTED, State.OK, "outline"),
    ):
        await ann.ask_docs(project_id, content)
        report = documented((await worker.next_delivery()).job)
        if code is not None:
            error = CallbackError(code, "AI_MODEL is not set.")
            report = replace(report, status=JobStatus.FAIL, result=None, artifact_keys=[], error=error)
        await reporter.report(report)
        [finding] = await services.ai(settings)
        assert (finding.state, told in finding.detail) == (expected, True), finding
    [finding] = await services.ai(replace(settings, env="production"))
    assert (finding.state, "npm run deploy" in finding.remedy) == (State.WARN, True)


@pytest.mark.any_database
async def test_a_worker_that_fell_silent_is_told(
    environ: dict[str, str], backend: RunningBackend, clock: MovableClock
) -> None:
    silent_since = {State.SKIP: None, State.OK: 1, State.FAIL: 10}
    for expected, minutes in silent_since.items():
        if minutes is not None:
            at = clock() - timedelta(minutes=minutes)
            beat = WorkerHeartbeatRow(worker_id="w", version="1", sent_at=at, received_at=at)
            async with backend.resources.database.transaction() as transaction:
                await transaction.session.merge(beat)
        [finding] = await services.heartbeat(load(environ))
        assert (finding.state, "cron" in finding.remedy) == (expected, expected is State.FAIL)


@pytest.mark.any_database
async def test_the_certificate_is_looked_at(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    soon = datetime.now(UTC) + timedelta(days=5)
    leaves = {
        State.OK: authority.issue_cert("localhost"),
        State.WARN: authority.issue_cert("localhost", not_after=soon),
        State.FAIL: trustme.CA().issue_cert("localhost"),
    }
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    for expected, leaf in leaves.items():
        async with https_site(leaf) as url:
            [finding] = await outside.certificate(load(environ | {"BASE_URL": url}))
            assert finding.state is expected, finding
    [finding] = await outside.certificate(load(environ | {"BASE_URL": "https://localhost:9"}))
    assert (finding.state, "DNS" in finding.remedy) == (State.FAIL, True)


@pytest.mark.any_database
def test_the_command_tells_people_and_programs_and_exits_accordingly(environ: dict[str, str]) -> None:
    shown = command(environ | {"BASE_URL": "http://127.0.0.1:9"})
    assert shown.returncode == 1
    assert "fail  admin: Nobody may administer the server.\n      → Run" in shown.stdout
    as_json = command(environ | {"PORT": "eighty"}, "--json")
    report: dict[str, Any] = json.loads(as_json.stdout)
    assert (as_json.returncode, report["fail"]) == (1, 1)
    assert report["findings"][0]["detail"].startswith("PORT ")


@pytest.mark.any_database
async def test_a_check_that_hangs_is_told_and_holds_up_none(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from hivesync_server.checks import checklist

    async def hang(_: object) -> list[Finding]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(checklist, "DEADLINE_SECONDS", 1.0)
    monkeypatch.setitem(checklist.CHECKS, "mail", hang)
    found = await look(environ)
    assert (found["mail"].state, found["database"].state) == (State.FAIL, State.OK)
