"""The parts without a screen, tested inside Vim, and that every function of the plugin compiles."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from hivesync_dev.editors.installed import PLUGINS, VIM
from hivesync_dev.paths import ROOT

_UNITS = Path(__file__).with_name("unit.vim")


def _vim(plugin: Path, script: Path, **env: str) -> str:
    """Run a script in a Vim without a screen, and give what it complained of."""
    quiet = ["-u", "NONE", "-i", "NONE", "-N", "-n", "-es", "-V1"]
    command = [VIM, *quiet, "--cmd", f"set runtimepath^={plugin}", "-S", str(script)]
    done = subprocess.run(
        command,
        env=os.environ | {"LANG": "C.UTF-8"} | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stderr


def test_the_parts_do_what_they_should(tmp_path: Path) -> None:
    report = tmp_path / "report"
    said = _vim(PLUGINS / "vim", _UNITS, HIVESYNC_ROOT=str(ROOT), HIVESYNC_REPORT=str(report))
    tests = len(re.findall(r"^def Test_", _UNITS.read_text("utf-8"), re.MULTILINE))
    assert report.is_file(), said
    assert report.read_text("utf-8") == f"passed: {tests}\n"


def test_every_function_compiles(tmp_path: Path) -> None:
    # Vim compiles a function when it is first called: a wrong type would be met by a user.
    plugin = Path(shutil.copytree(PLUGINS / "vim", tmp_path / "vim"))
    scripts = sorted(plugin.glob("autoload/**/*.vim"))
    for script in scripts:
        if script.read_text("utf-8").startswith("vim9script"):
            script.write_text(script.read_text("utf-8") + "defcompile\n", "utf-8")
    everything = tmp_path / "everything.vim"
    everything.write_text(
        "\n".join(["vim9script", *(f"source {each}" for each in scripts), "qall!"]), "utf-8"
    )
    said = _vim(plugin, everything)
    assert "E1" not in said, said
    assert "Error" not in said, said


def test_the_version_is_the_repository_s() -> None:
    version = (PLUGINS / "vim/autoload/hivesync/version.vim").read_text("utf-8")
    declared = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert declared is not None
    assert f"VERSION = '{declared[1]}'" in version
