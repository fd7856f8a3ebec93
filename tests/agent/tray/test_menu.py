"""The tray on a real X server: its icon is in the panel, its menu opens, and Quit ends it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.fake_backend import USER
from hivesync_dev.servers.scripted import json_answer
from hivesync_dev.waiting import holds
from hivesync_dev.x_server import PROGRAMS, Panel, panel

MISSING = [name for name in (*PROGRAMS, "dbus-run-session") if shutil.which(name) is None]
GTK = Path("/usr/lib/python3/dist-packages/gi").is_dir()


@pytest.mark.skipif(bool(MISSING) or not GTK, reason=f"apt-get install {' '.join(MISSING)} python3-gi")
async def test_the_menu_opens_and_quit_ends_the_tray(tmp_path: Path) -> None:
    line = CommandLine(tmp_path, "http://127.0.0.1:9")
    async with FakeAgent(runtime=line.locations.runtime) as agent:
        status = replace(agent_status(line.server_url), signed_in=True, user=USER)
        agent.on("GET", "/v1/status", json_answer(status))
        agent.on("GET", "/v1/previews", json_answer({"items": [], "next_cursor": None}))
        with panel() as shown:
            environ = {name: value for name, value in line.env().items() if name != "PYTHONWARNINGS"}
            tray = await asyncio.create_subprocess_exec(
                *("dbus-run-session", "--", sys.executable, "-m", "hivesync_agent", "tray"),
                env=environ | shown.environ,
                start_new_session=True,
            )
            try:
                # Not before it has asked: on a busy machine its menu may be there first.
                await holds(lambda: _asked_by_tray(agent))
                assert await _quits(tray, shown) == 0
            finally:
                if tray.returncode is None:
                    os.killpg(tray.pid, signal.SIGKILL)
    assert _asked_by_tray(agent)


def _asked_by_tray(agent: FakeAgent) -> bool:
    return any(asked.headers["X-HiveSync-Client"].startswith("hivesync-tray/") for asked in agent.requests)


async def _quits(tray: asyncio.subprocess.Process, shown: Panel) -> int:
    """Use the menu until the tray has ended: the icon takes a moment to appear."""
    async with asyncio.timeout(40):
        while tray.returncode is None:
            await asyncio.sleep(1.5)
            await asyncio.to_thread(shown.click_icon)
            await asyncio.to_thread(shown.keys, "Up", "Return")
            await asyncio.sleep(0.5)
    return tray.returncode
