"""Start a process that outlives this one. Uses no shell, and keeps no disk, terminal or console busy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def spawn(command: Sequence[str], output: Path | None) -> subprocess.Popen[bytes]:
    """Start it in the home folder; what it prints goes to `output` (0600, begun anew), or nowhere."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(output or os.devnull, flags if output else os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as log:
        # The home folder as working folder: a background process must not keep a mounted disk busy.
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=Path.home(),
            start_new_session=True,
            creationflags=_detached_flags(),
        )


def leave(process: subprocess.Popen[bytes]) -> None:
    """Let it live on without us: Python would warn of a child that nobody has waited for."""
    process.returncode = process.returncode or 0


def _detached_flags() -> int:
    """Give Windows' flags for a process without console that outlives ours; 0 elsewhere."""
    if sys.platform != "win32":
        return 0
    return (
        subprocess.DETACHED_PROCESS
        | subprocess.CREATE_NEW_PROCESS_GROUP
        | subprocess.CREATE_BREAKAWAY_FROM_JOB
    )
