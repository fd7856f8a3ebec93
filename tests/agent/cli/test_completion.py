"""`hivesync completion`: a real shell completes a command after it has read the script."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hivesync_dev.command_line import CommandLine


@pytest.mark.skipif(shutil.which("bash") is None, reason="apt-get install bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [("sup", {"support-bundle"}), ("service in", {"install"}), ("logs --fol", {"--follow"})],
)
def test_bash_completes_commands_and_options(hivesync: CommandLine, typed: str, offered: set[str]) -> None:
    words = ["hivesync", *typed.split()]
    program = """
eval "$(hivesync completion bash)"
shift 0; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_hivesync_completion hivesync "${@: -1}"
printf '%s\\n' "${COMPREPLY[@]}"
"""
    environ = hivesync.env() | {"PATH": f"{Path(sys.executable).parent}:{hivesync.env()['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", program, "bash", *words], env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert set(done.stdout.split()) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
async def test_every_shell_takes_its_script(hivesync: CommandLine, shell: str, tmp_path: Path) -> None:
    outcome = await hivesync.run("completion", shell)
    assert outcome.code == 0
    assert (await hivesync.run("completion", shell, "--json")).json() == {
        "shell": shell,
        "script": outcome.out.removesuffix("\n"),
    }
    if shutil.which(shell):
        file = tmp_path / "script"
        file.write_text(outcome.out)
        pipe = subprocess.PIPE
        checked = await asyncio.create_subprocess_exec(shell, "-n", str(file), stdout=pipe, stderr=pipe)
        assert (await checked.communicate(), checked.returncode) == ((b"", b""), 0)


async def test_powershell_is_refused_and_the_help_says_why(hivesync: CommandLine) -> None:
    assert (await hivesync.run("completion", "powershell")).code == 2
    assert "none for PowerShell" in (await hivesync.run("completion", "--help")).out
