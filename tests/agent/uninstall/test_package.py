"""The last word of an uninstall: the command that removes the program, as it was installed."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest
from hivesync_agent.uninstall import package
from hivesync_agent.uninstall.package import removal_command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell's quoting")


@pytest.mark.parametrize(
    ("receipt", "command"),
    [
        ("pipx_metadata.json", ["pipx", "uninstall", "hivesync-agent"]),
        ("uv-receipt.toml", ["uv", "tool", "uninstall", "hivesync-agent"]),
    ],
)
def test_an_environment_of_a_tool_goes_by_that_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, receipt: str, command: list[str]
) -> None:
    environment = tmp_path / "hivesync-agent"
    environment.mkdir()
    (environment / receipt).touch()
    monkeypatch.setattr(sys, "prefix", str(environment))
    assert shlex.split(removal_command()) == command


@pytest.mark.parametrize("installer", ["uv\n", "pip\n", "", None])
def test_any_other_goes_by_who_installed_it_in_this_very_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installer: str | None
) -> None:
    class Distribution:
        def read_text(self, name: str) -> str | None:
            assert name == "INSTALLER"
            return installer

    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "executable", "/my envs/bin/python")
    monkeypatch.setattr(package, "distribution", lambda name: Distribution())
    tool = ["uv", "pip", "uninstall", "--python", sys.executable] if installer == "uv\n" else None
    expected = tool or [sys.executable, "-m", "pip", "uninstall"]
    assert shlex.split(removal_command()) == [*expected, "hivesync-agent", "hivesync-sdk"]
