"""A real `systemd --user` for tests, in folders of its own. Touches no unit and no setting of the machine.

It refuses to start where the machine was not booted by systemd, so it gets a mount namespace in which /run
says that it was; that takes root on Linux.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_START_SECONDS = 20.0
_PROGRAM = """
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
group=/sys/fs/cgroup/systemd/hivesync-test-$$
if mkdir -p "$group" 2>/dev/null; then echo $$ > "$group/cgroup.procs"; fi
exec "$1" --user --log-target=console --log-level=notice
"""


@dataclass(frozen=True, slots=True)
class UserManager:
    """A running manager: what `systemctl --user` needs to find it, and the folder of its units."""

    environ: dict[str, str]
    units: Path


def why_not() -> str | None:
    """Say why it can't run here; None if it can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "a user manager of its own takes root on Linux"
    if not (_systemd() and shutil.which("unshare")):
        return "systemd is not installed: apt-get install systemd"
    return None


@contextlib.contextmanager
def user_manager(folder: Path) -> Iterator[UserManager]:
    """Run one with its home and runtime folders below `folder` until the block ends."""
    home, runtime = folder / "home", folder / "runtime"
    for path in (home, runtime):
        path.mkdir(mode=0o700, parents=True)
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_CONFIG_HOME": str(home / ".config"),
    }
    log = (folder / "systemd.log").open("wb")
    command = ["unshare", "--mount", "sh", "-c", _PROGRAM, "sh", _systemd() or ""]
    with log, subprocess.Popen(command, env=environ, stdout=log, stderr=log) as process:
        try:
            _wait(environ, process)
            yield UserManager(environ, home / ".config" / "systemd" / "user")
        finally:
            process.terminate()


def _wait(environ: dict[str, str], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    ask = ["systemctl", "--user", "show-environment"]
    while subprocess.run(ask, env=environ, capture_output=True, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("systemd --user did not start")
        time.sleep(0.05)


def _systemd() -> str | None:
    return shutil.which("systemd") or shutil.which("/lib/systemd/systemd")
