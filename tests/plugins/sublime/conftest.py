"""A machine of its own for each test, and the plugin's client on the oldest and newest Python found here."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hivesync import Locations, Settings
from hivesync.credentials import Account, new_session
from hivesync.credentials.plaintext import PlaintextStore
from hivesync.preferences import Preferences
from hivesync_agent.plugins import sublime_package
from hivesync_agent.plugins.bundled import plugin_folder
from hivesync_contract.identity import Tier
from hivesync_dev.paths import VENV_BIN
from hivesync_dev.pythons import oldest_and_newest
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.fake_backend import USER, FakeBackend
from hivesync_dev.servers.scripted import json_answer

from tests.plugins.sublime.editor import Editor, run_editor
from tests.plugins.sublime.project import TEXT


@pytest.fixture(params=oldest_and_newest(), ids=lambda path: Path(path).parents[1].name)
def python(request: pytest.FixtureRequest) -> Path:
    """An interpreter as one of the editor's plugin hosts has it."""
    path: Path = request.param
    return path


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `.sublime-package`, as it is installed."""
    path = tmp_path_factory.mktemp("package") / sublime_package.NAME
    path.write_bytes(sublime_package.package_bytes(plugin_folder("sublime")))
    return path


@pytest.fixture
def locations(tmp_path: Path) -> Locations:
    """Folders of this test, with the user's consent to a plaintext store."""
    folders = Locations(tmp_path / "run", tmp_path / "config", tmp_path / "state", tmp_path / "log")
    Preferences(plaintext_credentials=True).save(folders)
    return folders


@pytest.fixture
async def backend() -> AsyncIterator[FakeBackend]:
    """A backend that listens."""
    async with FakeBackend() as server:
        yield server


@pytest.fixture
async def agent(locations: Locations) -> AsyncIterator[FakeAgent]:
    """An agent that listens and has published itself."""
    async with FakeAgent(runtime=locations.runtime) as server:
        yield server


@pytest.fixture
def environ(locations: Locations, backend: FakeBackend) -> dict[str, str]:
    """What the editor is started with; the real `hivesync` command is on its PATH."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HIVESYNC_", "PYTHON")) and name != "VIRTUAL_ENV"
    }
    return kept | {
        "PATH": f"{VENV_BIN}{os.pathsep}{os.environ['PATH']}",
        "HIVESYNC_RUNTIME_DIR": str(locations.runtime),
        "HIVESYNC_CONFIG_DIR": str(locations.config),
        "HIVESYNC_STATE_DIR": str(locations.state),
        "HIVESYNC_LOG_DIR": str(locations.log),
        "HIVESYNC_SERVER_URL": backend.origin,
    }


@pytest.fixture
def signed_in(backend: FakeBackend, locations: Locations) -> None:
    """A session of the test's user in the store that the `hivesync` command reads."""
    account = Account(Settings(server_url=backend.origin).server_url, "default")
    PlaintextStore(account.plaintext_path(locations.state)).save(
        new_session(backend.issue().refresh_token, USER.id)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with one file."""
    project = tmp_path / "shop"
    project.mkdir()
    (project / "app.tsx").write_text(TEXT)
    return project


@pytest.fixture
def answering(agent: FakeAgent, backend: FakeBackend, folder: Path) -> FakeAgent:
    """An agent that is signed in and has the folder linked."""
    status = replace(
        agent_status(backend.origin), signed_in=True, user=USER, tier=Tier.PREMIUM, pending_previews=1
    )
    agent.on("GET", "/v1/status", json_answer(status))
    agent.on("GET", "/api/v1/notifications/unread", json_answer({"count": 3, "more": False}))
    agent.on(
        "GET", "/v1/projects", json_answer({"items": [{"id": "p1", "root": str(folder), "name": "shop"}]})
    )
    return agent


@pytest.fixture
async def editor(
    python: Path, package: Path, environ: dict[str, str], folder: Path, answering: FakeAgent
) -> AsyncIterator[Editor]:
    """The editor with the project's file in front, once the plugin knows who is signed in."""
    async with run_editor(python, package, environ, folder) as running:
        await running.do("open", path=str(folder / "app.tsx"))
        await running.sees_status("ada")
        yield running
