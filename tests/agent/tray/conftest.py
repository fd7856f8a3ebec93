"""A tray on a desktop of its own, with a real agent whose backend builds previews."""

from __future__ import annotations

import importlib.util
import sysconfig
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hivesync_agent.settings import AgentSettings
from hivesync_agent.tray.desktop import DISTRIBUTIONS
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.agents import RunningAgent, locations_in
from hivesync_dev.servers.fake_previews import FakePreviews, running_previews
from hivesync_dev.servers.tray import Desktop, TrayProcess, new_desktop, tray_process
from hivesync_dev.testing import require_tool
from hivesync_dev.x_server import PROGRAMS

INSTALL = "apt-get install xvfb xdotool imagemagick trayer dbus python3-gi gir1.2-gtk-3.0"


def has_gtk() -> bool:
    """Tell whether a tray of this Python could show a menu: Debian's binding is made for one version."""
    binding = f"_gi{sysconfig.get_config_var('EXT_SUFFIX')}"
    return (DISTRIBUTIONS / "gi" / binding).exists() or importlib.util.find_spec("gi") is not None


@pytest.fixture
async def backend() -> AsyncIterator[FakePreviews]:
    """A backend and its store."""
    async with running_previews() as backend:
        yield backend


@pytest.fixture
def settings(backend: FakePreviews, tmp_path: Path) -> AgentSettings:
    """Settings of an agent that looks whether the backend is there before every preview."""
    locations = locations_in(tmp_path)
    return AgentSettings(backend.url, "default", locations=locations, drain_seconds=0.5, health_seconds=0)


@pytest.fixture
def notifies() -> bool:
    """Whether the desktop has a notification service."""
    return True


@pytest.fixture
def desktop(tmp_path: Path, notifies: bool) -> Iterator[Desktop]:
    """An empty desktop."""
    for program in (*PROGRAMS, "dbus-daemon"):
        require_tool(program, INSTALL)
    if not has_gtk():
        pytest.skip("this Python has no GTK: use Debian's own, or pip install PyGObject")
    with new_desktop(tmp_path / "bin", notifies=notifies) as running:
        yield running


@pytest.fixture
def machine(tmp_path: Path, backend: FakePreviews, desktop: Desktop) -> CommandLine:
    """The command of the desktop's user."""
    return CommandLine(tmp_path, backend.url, desktop.environ)


@pytest.fixture
async def tray(signed_in: RunningAgent, machine: CommandLine, desktop: Desktop) -> AsyncIterator[TrayProcess]:
    """The tray of a user who is signed in."""
    async with tray_process(machine, desktop) as running:
        await running.shows("Connected")
        yield running
