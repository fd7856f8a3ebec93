"""How this installation itself is removed. Removes nothing: a program can't pull its own floor away."""

from __future__ import annotations

import shlex
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

PACKAGES = ("hivesync-agent", "hivesync-sdk")


def removal_command() -> str:
    """Give the command, for a shell of this system, by what the installer has left in the environment."""
    command = _command(Path(sys.prefix))
    return subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)


def _command(environment: Path) -> list[str]:
    if (environment / "pipx_metadata.json").exists():
        return ["pipx", "uninstall", environment.name]
    if (environment / "uv-receipt.toml").exists():
        return ["uv", "tool", "uninstall", environment.name]
    # PEP 376: each installer leaves its name beside what it has installed.
    installer = (distribution(PACKAGES[0]).read_text("INSTALLER") or "").strip()
    if installer == "uv":
        return ["uv", "pip", "uninstall", "--python", sys.executable, *PACKAGES]
    return [sys.executable, "-m", "pip", "uninstall", *PACKAGES]
