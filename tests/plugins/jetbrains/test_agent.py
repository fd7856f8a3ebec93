"""What the plugin's commands do, through a real agent to a real backend and a real Worker."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import httpx
import pytest
from hivesync_dev.jetbrains.junit import run_all_tests
from hivesync_dev.paths import VENV_BIN
from hivesync_dev.stack.api import register
from hivesync_dev.stack.stack import Stack, StackSettings


@pytest.mark.timeout(240)
def test_the_commands_through_a_real_agent(tmp_path: Path) -> None:
    with Stack(StackSettings(tmp_path / "stack")) as stack:
        file = _app(tmp_path / "shop")
        with stack.api() as api:
            api.http.post("/v1/projects", json={"path": str(file.parent)}).raise_for_status()
        _invite(stack)
        environ = stack.agent.env() | {
            "PATH": f"{VENV_BIN}{os.pathsep}{os.environ['PATH']}",
            "HIVESYNC_TEST_FILE": str(file),
            "HIVESYNC_TEST_PASSWORD": stack.user.password,
        }
        assert run_all_tests("--include-tag=agent", environ=environ) == 35


def _app(folder: Path) -> Path:
    """Make an app and give its file."""
    folder.mkdir()
    file = folder / "App.jsx"
    file.write_text("export default function App() {\n  return <p>Hello</p>;\n}\n", "utf-8")
    (folder / "package.json").write_text('{"name": "shop", "dependencies": {"react": "19"}}', "utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    return file


def _invite(stack: Stack) -> None:
    """Give the user a notification: somebody invites her."""
    url, password = stack.server.settings.url, secrets.token_urlsafe(18)
    register(url, "grace@example.com", "grace", password)
    with httpx.Client(base_url=f"{url}/api/v1", trust_env=False) as client:
        login = client.post("/auth/login", json={"login": "grace", "password": password}).json()
        client.headers["Authorization"] = f"Bearer {login['access_token']}"
        project = client.post("/projects", json={"name": "<html>Engine\u061c\u202e"}).json()["id"]
        invite = {"username": stack.user.username}
        client.post(f"/projects/{project}/team/invites", json=invite).raise_for_status()
