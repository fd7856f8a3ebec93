"""Keeps one agent alive where the system itself does not: starts it, and again after a crash, within limits.

A program of its own (`python -m hivesync_agent.service.keeper JOB.json`), so it imports next to nothing.
One per job file; it ends with that file, with an agent that ended in order, or after too many crashes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any

from hivesync.credentials.errors import LockTimeout
from hivesync.credentials.lock import FileLock, is_held

from hivesync_agent.service.job import RESTART_SECONDS, RESTARTS_MAX, RESTARTS_WINDOW_SECONDS

EXIT_GAVE_UP = 1
_PATIENCE_SECONDS = 1.0


def keep(path: Path, *, restart_seconds: float = RESTART_SECONDS) -> int:
    """Run the job until it is done; give the exit code of the keeper."""
    try:
        # The keeper of an agent that was stopped just now takes a moment to notice, and then leaves.
        with FileLock(_lock_path(path)).hold(_PATIENCE_SECONDS):
            return _keep(path, restart_seconds)
    except LockTimeout:
        return 0


def _keep(path: Path, restart_seconds: float) -> int:
    starts: deque[float] = deque(maxlen=RESTARTS_MAX)
    while (job := _read(path)) is not None:
        starts.append(time.monotonic())
        if _run(job) == 0:
            return 0
        if len(starts) == RESTARTS_MAX and starts[-1] - starts[0] < RESTARTS_WINDOW_SECONDS:
            return EXIT_GAVE_UP
        time.sleep(restart_seconds)
    return 0


def is_kept(path: Path) -> bool:
    """Tell whether a keeper runs for this job file."""
    return is_held(_lock_path(path))


def _lock_path(path: Path) -> Path:
    return path.with_suffix(".lock")


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _run(job: Any) -> int:
    return subprocess.run(
        job["command"],
        check=False,
        stdin=subprocess.DEVNULL,
        env=os.environ | job["environment"],
        cwd=Path.home(),
    ).returncode


if __name__ == "__main__":
    sys.exit(keep(Path(sys.argv[1])))
