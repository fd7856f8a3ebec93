"""What the conformance runner does not ask of the extension's client."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hivesync.credentials import Account
from hivesync_dev.node import NODE
from hivesync_dev.paths import VSCODE
from hivesync_dev.servers.editor_driver import EditorDriver, run_driver
from hivesync_dev.servers.scripted import ScriptedServer, json_answer

PROJECTS = "/api/v1/projects"


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
    async with run_driver([str(NODE), str(VSCODE / "conformance" / "driver.ts")], environ) as running:
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
