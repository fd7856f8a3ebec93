"""The tray on a real X server, with a real agent: what its menu does, and that there is one per profile."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from hivesync.credentials.lock import FileLock
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.tray import TrayProcess
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hivesync_dev.waiting import holds, until


async def test_the_menu_reaches_agent_and_backend(
    tray: TrayProcess, signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    agent, desktop = signed_in.agent, tray.desktop
    await tray.choose("Pause")
    await tray.shows("Paused")
    assert agent.switch.paused
    await tray.choose("Resume")
    await tray.shows("Connected")
    assert not agent.switch.paused
    await tray.choose("Open dashboard")
    await holds(lambda: desktop.opened() == [f"{backend.url}/"])
    await tray.choose("Sign out")
    await tray.shows("Not signed in")
    assert not agent.access.signed_in
    assert desktop.notifications.shown == []
    await tray.choose("Sign in…")
    await tray.shows("Connected")
    assert agent.access.signed_in
    link = desktop.opened()[-1]
    assert link.startswith(f"{backend.url}/")
    (said,) = desktop.notifications.shown
    assert said.body == f"Confirm the code {link.rpartition('=')[2]} in the browser."
    await tray.choose("Quit")
    assert await tray.ended() == 0


async def test_logs_are_collected_and_their_folder_is_shown(tray: TrayProcess, machine: CommandLine) -> None:
    await tray.choose("Collect logs")
    await holds(lambda: bool(tray.desktop.notifications.shown))
    path = Path(tray.desktop.notifications.shown[0].body.splitlines()[0])
    with zipfile.ZipFile(path) as bundle:
        assert json.loads(bundle.read("manifest.json"))["made_by"] == "agent"
    await holds(lambda: tray.desktop.opened() == [str(path.parent)])


@pytest.mark.parametrize("notifies", [False])
async def test_a_desktop_without_notifications_has_the_words_in_the_menu(tray: TrayProcess) -> None:
    before = await tray.menu_height()
    await tray.choose("Collect logs")
    await holds(lambda: bool(tray.desktop.opened()))

    async def is_taller() -> bool:
        return await tray.menu_height() > before

    await until(is_taller)
    tray.process.terminate()
    assert await tray.ended() == 0


async def test_there_is_one_for_each_profile_and_a_signal_ends_it_in_order(
    tray: TrayProcess, machine: CommandLine
) -> None:
    second = await machine.run("tray")
    assert (second.code, second.err) == (0, "")
    assert "already runs" in second.out
    assert (await machine.run("tray", "--json")).json() == {"already_running": True}
    assert tray.process.returncode is None
    lock = FileLock(machine.locations.tray_lock("default"))
    assert not lock.try_acquire()
    tray.process.terminate()
    assert await tray.ended() == 0
    assert lock.try_acquire()
    lock.release()


async def test_an_uninstall_ends_it(tray: TrayProcess, machine: CommandLine, tmp_path: Path) -> None:
    machine.environ |= {"HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "home" / ".config")}
    report = (await machine.run("uninstall", "--yes", "--json")).json()
    assert (report["ended"], report["problems"]) == (["tray of profile default"], [])
    assert await tray.ended() == 0
    assert not machine.locations.tray_lock("default").exists()
