"""Restarts and upgrades of the agent while eight programs work: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import hivesync_agent
import pytest
from hivesync import Client, Mode, Settings
from hivesync.preferences import Preferences
from hivesync_dev.command_line import CommandLine
from hivesync_dev.paths import ROOT
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.waiting import holds

PROGRAMS = 8
NEXT_VERSION = "99.0.0"


@dataclass
class Installation:
    """HiveSync in an environment of its own, as pip leaves it there; can be upgraded in place."""

    folder: Path
    python: Path = field(init=False)
    _package: Path = field(init=False)

    def __post_init__(self) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(self.folder)], check=True)
        scripts = "Scripts" if sys.platform == "win32" else "bin"
        self.python = self.folder / scripts / Path(sys.executable).name
        paths = sysconfig.get_paths(vars={"base": str(self.folder), "platbase": str(self.folder)})
        site = Path(paths["purelib"])
        others = [sysconfig.get_paths()["purelib"], str(ROOT / "sdk" / "src")]
        (site / "shared.pth").write_text("\n".join(others))
        self._package = site / "hivesync_agent"
        shutil.copytree(Path(hivesync_agent.__file__).parent, self._package)

    def upgrade(self) -> None:
        """Put the next release over this one while it runs."""
        path = self._package / "__init__.py"
        text = path.read_text().replace(f'"{hivesync_agent.VERSION}"', f'"{NEXT_VERSION}"')
        assert NEXT_VERSION in text
        path.write_text(text)


@dataclass
class Program:
    """A program that makes one project after another, and reads each back."""

    name: str
    machine: CommandLine
    made: list[str] = field(default_factory=list)
    ways: list[Mode] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Work until told to stop; anything that goes wrong is raised."""
        settings = Settings(server_url=self.machine.server_url)
        with Client(settings=settings, locations=self.machine.locations, name=f"{self.name}/1") as client:
            for number in itertools.count():
                name = f"{self.name}-{number}"
                made = client.request("POST", "/api/v1/projects", json={"name": name})
                self.ways.append(made.mode)
                project = made.raise_for_status().json()["id"]
                assert client.request("GET", f"/api/v1/projects/{project}").json()["name"] == name
                self.made.append(name)
                # A program is not a benchmark: eight of them at full speed would starve what they wait for.
                if self._stopped.wait(0.05):
                    return

    def stop(self) -> None:
        """Let it finish what it does."""
        self._stopped.set()


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[BackendProcess]:
    """The backend, on SQLite; nothing here needs a Worker."""
    server = BackendProcess.alone(tmp_path / "data")
    # Programs at full speed would meet the limit of requests, which is not what this is about.
    server.environ = {**server.environ, "TIER_LIMITS": '{"premium": {"requests_per_minute": 100000}}'}
    yield await server.start()
    await server.stop()


@pytest.fixture
async def ann(backend: BackendProcess) -> AsyncIterator[BackendUser]:
    """A user; her own session is apart from that of the machine."""
    async with backend.client() as client:
        yield await BackendUser(client, "ann").sign_up()


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """This release, installed."""
    return Installation(tmp_path / "installed")


@pytest.fixture
async def machine(
    tmp_path: Path, backend: BackendProcess, ann: BackendUser, installation: Installation
) -> AsyncIterator[CommandLine]:
    """A machine where she has signed in; her session is in a file."""
    machine = CommandLine(tmp_path / "machine", backend.url, python=str(installation.python))
    Preferences(plaintext_credentials=True).save(machine.locations)
    login = await machine.run("login", "--email", ann.username, "--password-stdin", stdin=PASSWORD)
    assert login.code == 0, login.err
    yield machine
    await machine.run("agent", "stop")


async def test_programs_at_work_notice_neither_a_restart_nor_an_upgrade(
    machine: CommandLine, ann: BackendUser, installation: Installation
) -> None:
    programs = [Program(f"program{number}", machine) for number in range(PROGRAMS)]
    threads = ThreadPoolExecutor(PROGRAMS)
    loop = asyncio.get_running_loop()
    working = [loop.run_in_executor(threads, program.run) for program in programs]
    try:
        await all_work_by_agent(programs)
        assert await version_after_restart(machine) == hivesync_agent.VERSION
        await all_work_by_agent(programs)
        installation.upgrade()
        assert await version_after_restart(machine) == NEXT_VERSION
        await all_work_by_agent(programs)
    finally:
        for program in programs:
            program.stop()
        await asyncio.gather(*working)
    told = Counter(name for program in programs for name in program.made)
    assert await projects(ann) == told


async def all_work_by_agent(programs: list[Program]) -> None:
    """Return when each has made three more projects, the last one by the agent."""
    before = [len(program.made) for program in programs]

    def have_worked() -> bool:
        return all(
            len(program.made) >= count + 3 and program.ways[-1] is Mode.PROXY
            for program, count in zip(programs, before, strict=True)
        )

    await holds(have_worked, deadline_seconds=30)


async def version_after_restart(machine: CommandLine) -> str:
    """Restart the agent as a user does, and give the version of the one that answers then."""
    restarted = await machine.run("agent", "restart", "--json")
    assert restarted.code == 0, restarted.err
    status = (await machine.run("agent", "status", "--json")).json()["status"]
    assert status["pid"] == restarted.json()["pid"]
    return str(status["version"])


async def projects(ann: BackendUser) -> Counter[str]:
    """Count the projects by their names, as the backend has them."""
    found: Counter[str] = Counter()
    cursor = None
    while True:
        params = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        page = (await ann.client.get("/api/v1/projects", params=params)).raise_for_status().json()
        found.update(project["name"] for project in page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            return found
