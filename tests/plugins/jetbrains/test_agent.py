"""What the plugin's commands do, through a real agent to a real backend."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hivesync_dev.jetbrains.junit import run_tests
from hivesync_dev.paths import VENV_BIN
from hivesync_dev.servers.agents import CLIENT, AgentProcess, environment_in, start_agent_process
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser


@pytest.mark.timeout(240)
async def test_the_commands_through_a_real_agent(tmp_path: Path) -> None:
    backend = await BackendProcess.alone(tmp_path / "backend").start()
    environ = environment_in(tmp_path / "machine", backend.url)
    environ["PATH"] = f"{VENV_BIN}{os.pathsep}{environ['PATH']}"
    agent = None
    try:
        async with backend.client() as client, backend.client() as other:
            user = await BackendUser(client, "ada").sign_up()
            agent = await asyncio.to_thread(start_agent_process, environ)
            file = _app(tmp_path / "shop")
            await _link(agent, file.parent)
            await _invite(user, await BackendUser(other, "grace").sign_up())
            environ["HIVESYNC_TEST_FILE"] = str(file)
            assert await asyncio.to_thread(run_tests, "--include-tag=agent", environ=environ) == 10
    finally:
        if agent is not None:
            agent.process.kill()
            agent.process.communicate()
        await backend.stop()


def _app(folder: Path) -> Path:
    """Make an app and give its file."""
    folder.mkdir()
    file = folder / "App.jsx"
    file.write_text("export default function App() {\n  return <p>Hello</p>;\n}\n", "utf-8")
    (folder / "package.json").write_text('{"name": "shop", "dependencies": {"react": "19"}}', "utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    return file


async def _link(agent: AgentProcess, folder: Path) -> None:
    """Sign in, and make the folder a project."""
    headers = {"X-HiveSync-Client": CLIENT, "Authorization": f"Bearer {agent.discovery.token}"}
    async with aiohttp.ClientSession(agent.discovery.url + "/", headers=headers) as http:
        await _posted(http, "v1/session/login", {"login": "ada", "password": PASSWORD})
        await _posted(http, "v1/projects", {"path": str(folder)})


async def _posted(http: aiohttp.ClientSession, path: str, body: object) -> Any:
    async with http.post(path, json=body) as answer:
        told = await answer.json(content_type=None)
        assert answer.status < 300, told
        return told


async def _invite(user: BackendUser, friend: BackendUser) -> None:
    """Give the user a notification: somebody invites her."""
    project = await friend.project("Engine")
    invited = await friend.client.post(
        f"/api/v1/projects/{project}/team/invites", json={"username": user.username}
    )
    assert invited.status_code < 300, invited.text
