"""The tray on a desktop without a screen: X server, panel, session bus, and a browser that takes notes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.notifications import NotificationService, notification_service
from hivesync_dev.waiting import until
from hivesync_dev.x_server import Panel, panel

_MENU = "hivesync"
_ITEMS = (
    ("Connected editors",),
    ("Recent previews",),
    ("Open dashboard",),
    ("Sign out", "Sign in…"),
    ("Pause", "Resume"),
    ("Collect logs",),
    ("Start at login",),
    ("Quit",),
)
"""What can be chosen while an agent runs, from top to bottom, under the names that each place has."""
_APPEARS_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class Desktop:
    """What a tray is shown on, and the folder of its programs."""

    panel: Panel
    notifications: NotificationService
    programs: Path

    @property
    def environ(self) -> dict[str, str]:
        """Give what leads a program here."""
        return {
            **self.panel.environ,
            "DBUS_SESSION_BUS_ADDRESS": self.notifications.bus,
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            "BROWSER": "xdg-open",  # the one in that folder, whatever this machine has
        }

    def opened(self) -> list[str]:
        """Give everything that was handed to the desktop to be opened."""
        notes = self.programs / "opened"
        return notes.read_text().splitlines() if notes.exists() else []


@contextlib.contextmanager
def new_desktop(programs: Path, *, notifies: bool = True) -> Iterator[Desktop]:
    """Run an empty desktop until the block ends; one of those without notifications unless it `notifies`."""
    programs.mkdir()
    opener = programs / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{programs}/opened"\n')
    opener.chmod(0o755)
    with panel() as shown, notification_service(serves=notifies) as notifications:
        yield Desktop(shown, notifications, programs)


@dataclass(slots=True)
class TrayProcess:
    """A tray, used as a person does: by its icon and its menu."""

    desktop: Desktop
    process: asyncio.subprocess.Process

    async def shows(self, words: str) -> None:
        """Wait until the icon says how things are, or until a window of this name is open."""
        await self._until_visible(f"HiveSync: {words}")

    async def choose(self, item: str, *, sub: int = 0) -> None:
        """Open the menu and choose an item, or the so-manieth of its submenu."""
        place = next(number for number, names in enumerate(_ITEMS, 1) if item in names)
        await asyncio.to_thread(self.desktop.panel.click_icon)
        await self._until_visible(_MENU)
        into = ["Right", *["Down"] * (sub - 1)] if sub else []
        await asyncio.to_thread(self.desktop.panel.keys, *["Down"] * place, *into, "Return")
        await self._until_visible(_MENU, visible=False)

    async def menu_height(self) -> int:
        """Open the menu, and give its height in pixels."""
        await asyncio.to_thread(self.desktop.panel.click_icon)
        await self._until_visible(_MENU)
        height = await asyncio.to_thread(self.desktop.panel.height, _MENU)
        await asyncio.to_thread(self.desktop.panel.keys, "Escape")
        await self._until_visible(_MENU, visible=False)
        return height

    async def ended(self) -> int:
        """Wait for its end, and give its exit code."""
        async with asyncio.timeout(_APPEARS_SECONDS):
            return await self.process.wait()

    async def _until_visible(self, title: str, *, visible: bool = True) -> None:
        async def look() -> bool:
            if visible and self.process.returncode is not None:
                raise RuntimeError(f"the tray has ended with {self.process.returncode}")
            return await asyncio.to_thread(self.desktop.panel.shows, title) is visible

        await until(look, deadline_seconds=_APPEARS_SECONDS)


@contextlib.asynccontextmanager
async def tray_process(machine: CommandLine, desktop: Desktop) -> AsyncIterator[TrayProcess]:
    """Run a tray; one that is still there at the end is killed."""
    # GTK has warnings of its own, so they are no errors here.
    environ = {name: value for name, value in machine.env().items() if name != "PYTHONWARNINGS"}
    command = (sys.executable, "-m", "hivesync_agent.tray")
    process = await asyncio.create_subprocess_exec(*command, env=environ, start_new_session=True)
    try:
        yield TrayProcess(desktop, process)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
