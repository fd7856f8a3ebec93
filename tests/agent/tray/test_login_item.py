"""The menu's "Start at login" with a real systemd; the tray's own entry as each system reads it."""

from __future__ import annotations

import json
import plistlib
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hivesync_agent.service.autostart import ServiceError
from hivesync_agent.service.job import Job, new_job
from hivesync_agent.service.windows import RUN_KEY
from hivesync_agent.tray.at_login import DesktopEntry, LaunchFile, RunValue, TrayEntry
from hivesync_dev.command_line import CommandLine
from hivesync_dev.memory_registry import MemoryRegistry
from hivesync_dev.servers.agents import locations_in
from hivesync_dev.servers.fake_previews import FakePreviews
from hivesync_dev.servers.tray import Desktop, TrayProcess, tray_process
from hivesync_dev.systemd_user import UserManager, user_manager, why_not
from hivesync_dev.waiting import holds

AWKWARD = "büro 50% $HOME \"quoted\" 'single' `back` back\\slash"
SYSTEM_PYTHON = "/usr/bin/python3"
LAUNCH = (
    "import sys; from gi.repository import Gio; Gio.DesktopAppInfo.new_from_filename(sys.argv[1]).launch()"
)


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[UserManager]:
    """A user manager of this test's own."""
    with user_manager(tmp_path / "m") as running:
        yield running


@pytest.fixture
async def new_tray(
    tmp_path: Path, backend: FakePreviews, desktop: Desktop, manager: UserManager
) -> AsyncIterator[tuple[CommandLine, TrayProcess]]:
    """A tray that finds no agent; whatever it leaves behind is stopped."""
    machine = CommandLine(tmp_path, backend.url, {**manager.environ, **desktop.environ})
    async with tray_process(machine, desktop) as running:
        yield machine, running
    await machine.run("service", "uninstall")
    await machine.run("agent", "stop")


@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
async def test_start_at_login_is_tray_and_agent_and_no_longer_leaves_the_agent_running(
    new_tray: tuple[CommandLine, TrayProcess], manager: UserManager
) -> None:
    machine, tray = new_tray
    config = manager.units.parent.parent
    files = [config / "autostart" / "hivesync-tray.desktop", manager.units / "hivesync-agent.service"]
    said = tray.desktop.notifications
    await tray.shows("Not signed in")  # so it has started the agent
    await tray.choose("Start at login")
    await holds(lambda: len(said.shown) == 1)
    assert said.shown[0].body == "HiveSync starts at login from now on."
    assert [path.exists() for path in files] == [True, True]
    assert (await machine.run("service", "status")).code == 0
    await tray.choose("Start at login")
    await holds(lambda: len(said.shown) == 2)
    assert said.shown[1].body == "HiveSync no longer starts at login."
    assert [path.exists() for path in files] == [False, False]
    assert (await machine.run("agent", "status")).code == 0


def job(tmp_path: Path, profile: str = "work") -> Job:
    """Give a job with a value that needs care everywhere."""
    return new_job(profile, locations_in(tmp_path), {"NO_PROXY": AWKWARD})


@pytest.mark.skipif(not Path(SYSTEM_PYTHON).exists(), reason="apt-get install python3-gi")
def test_a_desktop_starts_what_its_entry_says(tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    program = tmp_path / 'py "50%" $x'
    note = "import json, os, sys; print(json.dumps([sys.argv[1:], os.environ['NO_PROXY']]))"
    program.write_text(f'#!/bin/sh\nshift 2\n"{sys.executable}" -c "{note}" "$@" > "{noted}.new"\n')
    with program.open("a") as script:
        script.write(f'mv "{noted}.new" "{noted}"\n')
    program.chmod(0o755)
    mine = replace(job(tmp_path), command=(str(program),))
    DesktopEntry(tmp_path).add(mine)
    entry = tmp_path / "autostart" / "hivesync-tray.work.desktop"
    subprocess.run([SYSTEM_PYTHON, "-c", LAUNCH, str(entry)], check=True, timeout=30)
    while not noted.exists():
        pass
    assert json.loads(noted.read_text()) == [["hivesync_agent.tray", "--profile", "work"], AWKWARD]
    if checker := shutil.which("desktop-file-validate"):
        assert subprocess.run([checker, str(entry)], check=True, capture_output=True).stdout == b""


def test_macos_reads_a_property_list(tmp_path: Path) -> None:
    LaunchFile(tmp_path).add(job(tmp_path))
    path = tmp_path / "Library" / "LaunchAgents" / "dev.hivesync.tray.work.plist"
    written = plistlib.loads(path.read_bytes())
    assert written["Label"] == "dev.hivesync.tray.work"
    assert written["ProgramArguments"][-3:] == ["hivesync_agent.tray", "--profile", "work"]
    assert written["EnvironmentVariables"] == {"NO_PROXY": AWKWARD}
    assert (written["RunAtLoad"], written["LimitLoadToSessionType"]) == (True, "Aqua")


def test_windows_reads_a_command_line(tmp_path: Path) -> None:
    registry = MemoryRegistry()
    mine = replace(job(tmp_path), command=("C:\\Program Files\\Python\\pythonw.exe",))
    RunValue(registry).add(mine)
    line = '"C:\\Program Files\\Python\\pythonw.exe" -P -m hivesync_agent.tray --profile work'
    assert registry.values == {(RUN_KEY, "HiveSync Tray.work"): line}
    with pytest.raises(ServiceError, match="shorter path"):
        RunValue(MemoryRegistry()).add(replace(mine, command=("C:\\" + "x" * 260,)))


@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_an_entry_comes_and_goes_for_each_profile(tmp_path: Path, system: str) -> None:
    entries: dict[str, TrayEntry] = {
        "linux": DesktopEntry(tmp_path),
        "macos": LaunchFile(tmp_path),
        "windows": RunValue(MemoryRegistry()),
    }
    entry, mine, other = entries[system], job(tmp_path), job(tmp_path, "default")
    assert not entry.remove(mine)
    entry.add(mine)
    entry.add(mine)
    assert (entry.exists(mine), entry.exists(other)) == (True, False)
    entry.add(other)
    assert entry.profiles() == ["default", "work"]
    entry.remove(other)
    assert entry.profiles() == ["work"]
    assert entry.remove(mine)
    assert not entry.exists(mine)
