"""docs/guide-desktop.md is true: its commands run as they stand and in their order, with a real systemd."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hivesync.preferences import Preferences
from hivesync_dev.command_line import CommandLine
from hivesync_dev.paths import ROOT
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hivesync_dev.systemd_user import UserManager, user_manager, why_not

PATH = ROOT / "docs" / "guide-desktop.md"
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", PATH.read_text("utf-8"), re.DOTALL)
    for line in block.splitlines()
]


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[UserManager]:
    """A user manager of this test's own."""
    with user_manager(tmp_path / "m") as running:
        yield running


@pytest.mark.timeout(300)
@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
async def test_every_command_works(tmp_path: Path, backend: UpstreamBackend, manager: UserManager) -> None:
    programs = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    machine = CommandLine(tmp_path / "machine", backend.url, {**manager.environ, **programs})
    Preferences(plaintext_credentials=True).save(machine.locations)
    for command in COMMANDS:
        done = await asyncio.to_thread(shell, command, machine)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert (machine.folder / "bundle.zip").exists()
    assert (await machine.run("agent", "status")).code == 1
    assert not [path for path in manager.units.rglob("*") if not path.is_dir()]


def shell(command: str, machine: CommandLine) -> subprocess.CompletedProcess[str]:
    """Run one line in a shell."""
    return subprocess.run(
        ["sh", "-eu", "-c", command],
        env=machine.env(),
        cwd=machine.folder,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def test_its_pictures_and_links_are_there() -> None:
    targets = re.findall(r"\]\(([^)#]+?)\)", PATH.read_text("utf-8"))
    assert targets
    assert [target for target in targets if not (PATH.parent / target).exists()] == []
