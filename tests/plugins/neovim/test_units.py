"""The parts without a screen, tested inside Neovim: proof, HTTP, server-sent events."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from hivesync_dev.editors.installed import PLUGINS, neovim_command
from hivesync_dev.paths import ROOT

_UNITS = Path(__file__).with_name("unit.lua")


def test_the_parts_do_what_they_should(neovim: str) -> None:
    command = neovim_command(neovim, "--headless", "-c", f"luafile {_UNITS}", "-c", "qall!")
    env = os.environ | {"HIVESYNC_ROOT": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    tests = len(re.findall(r"^function tests\.", _UNITS.read_text("utf-8"), re.MULTILINE))
    assert done.stdout == f"passed: {tests}\n", done.stdout + done.stderr


def test_the_version_is_the_repository_s() -> None:
    version = (PLUGINS / "neovim/lua/hivesync/version.lua").read_text("utf-8")
    declared = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert declared is not None
    assert f'return "{declared[1]}"' in version
