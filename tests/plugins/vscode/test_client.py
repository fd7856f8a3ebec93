"""What the conformance runner does not ask of the extension's client."""

from __future__ import annotations

import datetime as dt
import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from hivesync.credentials import Account
from hivesync_contract.discovery import ProtocolRange
from hivesync_dev.node import NODE
from hivesync_dev.paths import VSCODE
from hivesync_dev.servers.editor_driver import EditorDriver, run_driver
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.scripted import ScriptedServer, json_answer
from hivesync_dev.servers.upstream_backend import UpstreamBackend

PROJECTS = "/api/v1/projects"
DRIVER = [str(NODE), str(VSCODE / "conformance" / "driver.ts")]
LONG_AGO, FAR_AHEAD = dt.datetime(2001, 1, 1, tzinfo=dt.UTC), dt.datetime(2090, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
async def backend() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as running:
        running.on("GET", PROJECTS, json_answer({"answered_by": "backend"}))
        yield running


@pytest.fixture
async def driver(tmp_path: Path, backend: ScriptedServer) -> AsyncIterator[EditorDriver]:
    """On a machine without an agent, whose `hivesync` command notes what it is asked."""
    command = tmp_path / "bin" / "hivesync"
    command.parent.mkdir()
    command.write_text(
        f'#!/bin/sh\necho "$HIVESYNC_SERVER_URL $@" >> {tmp_path}/asked\n'
        'echo \'{"access_token": "t-1", "expires_in": 900, "token_type": "Bearer"}\'\n'
    )
    command.chmod(0o755)
    environ = {
        "HOME": str(tmp_path),
        "PATH": str(command.parent),
        "HIVESYNC_RUNTIME_DIR": str(tmp_path / "run"),
        "HIVESYNC_STATE_DIR": str(tmp_path / "state"),
        "HIVESYNC_SERVER_URL": backend.origin,
    }
    async with run_driver(DRIVER, environ) as running:
        yield running


async def test_the_command_is_told_whose_token_is_wanted(
    driver: EditorDriver, backend: ScriptedServer, tmp_path: Path
) -> None:
    assert (await driver.call("GET", PROJECTS))["body"] == {"answered_by": "backend"}
    assert backend.requests[0].headers["Authorization"] == "Bearer t-1"
    # Else it could be another backend's, and this one would get it.
    assert (tmp_path / "asked").read_text() == f"{backend.origin} token --json\n"


async def test_nothing_overtakes_a_change_that_waits_in_an_agent_that_ended(
    driver: EditorDriver, backend: ScriptedServer, tmp_path: Path
) -> None:
    folder = Account(backend.origin, "default").operations_folder(tmp_path / "state")
    folder.mkdir(parents=True)
    entry = {"target": PROJECTS, "key": "another", "conflict": None}
    (folder / "1.json").write_text("checksum\n" + json.dumps(entry))
    answer = await driver.call("POST", PROJECTS, {"name": "x"})
    assert answer["error"]["code"] == "UPSTREAM_UNREACHABLE"
    assert backend.requests == []


@pytest.mark.parametrize(
    ("protocol", "advice"),
    [
        (ProtocolRange(2, 3), "is newer than this extension; update the HiveSync extension."),
        (ProtocolRange(0, 0), "is older than this extension; update HiveSync."),
    ],
)
async def test_of_an_agent_of_another_age_it_is_said_what_to_update(
    protocol: ProtocolRange, advice: str, driver: EditorDriver, tmp_path: Path
) -> None:
    async with FakeAgent(runtime=tmp_path / "run", protocol=protocol):
        told = await driver.ask("mode")
        project = await driver.call("POST", "/v1/previews", {"path": "/x"})
    assert told["mode"] == "direct"
    assert told["detail"].endswith(advice)
    assert project["error"]["code"] == "PROTOCOL_UNSUPPORTED"
    assert project["error"]["message"].endswith(advice)


@pytest.mark.parametrize("validity", [{"not_after": LONG_AGO}, {"not_before": FAR_AHEAD}])
async def test_where_the_clock_may_be_wrong_it_is_named(validity: dict[str, Any], tmp_path: Path) -> None:
    authority, context = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    authority.issue_cert("127.0.0.1", **validity).configure_cert(context)
    backend = UpstreamBackend(tls=context)
    await backend.start()
    environ = {
        "HOME": str(tmp_path),
        "HIVESYNC_SERVER_URL": backend.url,
        "HIVESYNC_TOKEN": "hs_key",
        "NODE_EXTRA_CA_CERTS": str(tmp_path / "ca.pem"),
    }
    async with run_driver(DRIVER, environ) as driver:
        told = (await driver.call("GET", PROJECTS))["error"]
    await backend.stop()
    assert told["code"] == "UPSTREAM_UNREACHABLE"
    assert "its certificate is not valid today; is the date on this machine right?" in told["message"]
