"""What the conformance scenarios don't ask of the plugin's client."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hivesync import Locations
from hivesync.credentials import Account
from hivesync_dev.paths import ROOT
from hivesync_dev.pythons import oldest_and_newest
from hivesync_dev.servers.editor_driver import EditorDriver, run_driver
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.servers.scripted import json_answer

ME = "/api/v1/auth/me"
PROJECTS = "/api/v1/projects"
DRIVER = ROOT / "plugins_bridge" / "sublime" / "conformance" / "driver.py"
COMMAND = [str(oldest_and_newest()[0]), "-B", str(DRIVER)]


@pytest.fixture
async def driver(environ: dict[str, str]) -> AsyncIterator[EditorDriver]:
    """The plugin's client in its own process, on the oldest Python; the surface's tests run it on both."""
    async with run_driver(COMMAND, environ) as running:
        yield running


@pytest.mark.usefixtures("signed_in")
async def test_both_ways_are_taken_without_a_question(
    agent: FakeAgent, backend: FakeBackend, driver: EditorDriver
) -> None:
    agent.on("GET", ME, json_answer({"username": "by agent"}))
    assert (await driver.call("GET", ME))["body"]["username"] == "by agent"
    await agent.crash()
    assert (await driver.call("GET", ME))["body"]["username"] == "ada"
    assert (await driver.ask("mode"))["reason"] == "AGENT_STALE"
    await agent.restart()
    assert (await driver.call("GET", ME))["body"]["username"] == "by agent"
    await agent.stop()
    told = await driver.ask("mode")
    assert (told["mode"], told["reason"]) == ("direct", "AGENT_ABSENT")
    # A token of `hivesync token` is kept in memory while it lasts.
    await driver.call("GET", ME)
    assert backend.refreshes == 1


@pytest.mark.usefixtures("signed_in")
async def test_nothing_overtakes_a_change_that_waits_in_the_agent(
    backend: FakeBackend, driver: EditorDriver, locations: Locations
) -> None:
    folder = Account(backend.origin, "default").operations_folder(locations.state)
    folder.mkdir(parents=True)
    waiting = {"target": f"{PROJECTS}/p1?x=1", "conflict": None, "key": "another"}
    (folder / "1.json").write_bytes(b"sum\n" + json.dumps(waiting).encode())
    told = await driver.call("PATCH", f"{PROJECTS}/p1", {"name": "new"})
    assert told["error"]["code"] == "UPSTREAM_UNREACHABLE"
    assert "hivesync agent start" in told["error"]["message"]
    assert backend.asked("PATCH", f"{PROJECTS}/p1") == []


async def test_a_discovery_file_that_another_may_have_written_is_not_believed(
    agent: FakeAgent, driver: EditorDriver
) -> None:
    path = agent.discovery_path
    content = path.read_bytes()
    for spoil in (_open_up, _link, _to_fifo, _cut, _lengthen):
        path.unlink()
        path.write_bytes(content)
        path.chmod(0o600)
        spoil(path)
        assert (await driver.ask("mode"))["reason"] == "AGENT_INVALID", spoil
    assert agent.requests == []


def _open_up(path: Path) -> None:
    path.chmod(0o644)


def _link(path: Path) -> None:
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


def _to_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def _lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" " * 70_000)


async def test_without_agent_and_session_the_command_says_so(driver: EditorDriver) -> None:
    told = await driver.call("GET", ME)
    assert told["error"]["code"] == "AUTH_REQUIRED"
    assert (await driver.ask("mode"))["mode"] == "none"


async def test_without_agent_and_command_there_is_no_way(environ: dict[str, str], tmp_path: Path) -> None:
    environ |= {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    async with run_driver(COMMAND, environ) as driver:
        assert (await driver.ask("mode"))["mode"] == "none"
        told = await driver.call("GET", ME)
        assert "Install HiveSync" in told["error"]["message"]


def test_nothing_depends_on_the_machine_s_date() -> None:
    """A clock that is wrong by years changes nothing: what lasts is measured by one that only goes on."""
    sources = [
        path for part in ("client", "surface", "commands") for path in DRIVER.parents[1].glob(f"{part}/*.py")
    ]
    asking = re.compile(r"\btime\.time\(|\bdatetime\b|\b(gm|local|c)time\(")
    assert len(sources) > 30
    assert [path.name for path in sources if asking.search(path.read_text("utf-8"))] == []
