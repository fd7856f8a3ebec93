"""No server fills an editor's memory: an answer that is too long is given up, and the next one is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hivesync_dev.conformance.clients import command_of
from hivesync_dev.paths import VENV_BIN
from hivesync_dev.servers.editor_driver import EditorDriver, run_driver
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.servers.scripted import endless, json_answer

PATH = "/api/v1/projects"


@pytest.mark.timeout(120)
@pytest.mark.parametrize("client", ["vscode", "vim", "neovim", "sublime", "jetbrains"])
async def test_an_answer_without_measure_is_given_up(client: str, tmp_path: Path) -> None:
    runtime = tmp_path / "run"
    async with FakeBackend() as backend, FakeAgent(runtime=runtime) as agent:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("HIVESYNC_")}
        environ |= {
            "PATH": f"{VENV_BIN}{os.pathsep}{environ['PATH']}",
            "HIVESYNC_RUNTIME_DIR": str(runtime),
            "HIVESYNC_STATE_DIR": str(tmp_path / "state"),
            "HIVESYNC_CONFIG_DIR": str(tmp_path / "config"),
            "HIVESYNC_SERVER_URL": backend.origin,
            "HIVESYNC_TOKEN": backend.issue().access_token,
        }
        async with run_driver(command_of(client), environ) as driver:
            agent.on("GET", PATH, endless())
            await _is_too_long(driver)
            agent.on("GET", PATH, json_answer({"text": "short"}))
            assert (await driver.call("GET", PATH))["body"] == {"text": "short"}
            assert backend.asked("GET", PATH) == []
            await agent.stop()
            backend.on("GET", PATH, endless())
            await _is_too_long(driver)


async def _is_too_long(driver: EditorDriver) -> None:
    told = await driver.call("GET", PATH)
    assert told["error"]["code"] == "PAYLOAD_TOO_LARGE", told
    assert told["error"]["message"].startswith("The answer is longer than ")
