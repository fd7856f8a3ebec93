"""`hivesync docs FILE`, from the command by agent and backend to a Worker and back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hivesync_agent.settings import AgentSettings
from hivesync_contract.errors import ErrorCode
from hivesync_contract.jobs import CallbackError, JobStatus
from hivesync_dev.command_line import CommandLine, Outcome
from hivesync_dev.project_files import write_files
from hivesync_dev.servers.agents import RunningAgent, locations_in, running_agent
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, documented
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.servers.s3 import S3Server

pytestmark = pytest.mark.any_database


@pytest.fixture
async def agent(ann: BackendUser, backend: RunningBackend, tmp_path: Path) -> AsyncIterator[RunningAgent]:
    """An agent of this backend, signed in."""
    settings = AgentSettings(
        server_url=backend.url,
        profile="default",
        locations=locations_in(tmp_path / "machine"),
        drain_seconds=0.5,
    )
    async with running_agent(settings) as agent:
        credentials = {"login": ann.username, "password": PASSWORD}
        async with agent.http.post(f"{agent.url}/v1/session/login", json=credentials) as answer:
            assert answer.status == 200, await answer.text()
        yield agent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two files, of which one imports the other."""
    files: dict[str, str | bytes | dict[str, object]] = {
        "package.json": {"name": "shop"},
        "src/total.ts": "export const total = () => 1;\n",
        "src/App.ts": 'import { total } from "./total";\nexport const App = () => total();\n',
    }
    return write_files(tmp_path / "shop", files)


async def test_a_file_is_documented_from_the_command_to_the_worker_and_back(
    agent: RunningAgent,
    backend: RunningBackend,
    worker: FakeWorker,
    reporter: Reporter,
    s3: S3Server,
    project: Path,
    tmp_path: Path,
) -> None:
    hivesync = CommandLine(tmp_path / "machine", backend.url)

    async def docs(*options: str) -> Outcome:
        return await hivesync.run("docs", str(project / "src" / "App.ts"), *options)

    asked = asyncio.create_task(docs("--json"))
    job = (await worker.next_delivery(30)).job
    assert job.ai_docs is not None
    request = json.loads(s3.read(job.ai_docs.request_key))
    assert (request["path"], request["content"]) == ("src/App.ts", (project / "src/App.ts").read_text())
    assert [each["path"] for each in request["context"]["neighbours"]] == ["src/total.ts"]
    assert [each["name"] for each in request["context"]["symbols"]] == ["App"]
    assert (await reporter.report(documented(job))).json() == {"applied": True}
    outcome = await asked
    assert outcome.code == 0, outcome.err
    assert outcome.json()["result"]["summary"] == "Greets the world."

    again = await docs()
    assert (again.code, "Greets the world." in again.out, "outline" in again.out) == (0, True, True)
    assert worker.deliveries.empty(), "the same file costs nothing"

    (project / "src" / "App.ts").write_text("export const App = 1;\n")
    asked = asyncio.create_task(docs())
    error = CallbackError(ErrorCode.AI_JOB_FAILED, "AI engine not configured.")
    job = (await worker.next_delivery(30)).job
    failure = replace(documented(job), status=JobStatus.FAIL, result=None, artifact_keys=[], error=error)
    await reporter.report(failure)
    outcome = await asked
    assert (outcome.code, "AI engine not configured." in outcome.out + outcome.err) == (1, True)
