"""Start, watch and stop child processes, with everything they start in turn. Knows no HiveSync part.

Each child leads its own session: a Ctrl-C at the terminal reaches the parent only, which then stops
the children in order; and whatever a child leaves behind is found by its session.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

STOP_SECONDS = 8.0
_LOG_LINES = 25


class ProcessFailed(Exception):
    """A child ended, or never became ready. The message holds the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, and where its output goes."""

    name: str
    arguments: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    log: Path


@dataclass(slots=True)
class Child:
    """One run of a command. `stop` and `kill` may be called in any state, more than once."""

    command: Command
    process: subprocess.Popen[bytes] = field(init=False)
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.command.log.parent.mkdir(parents=True, exist_ok=True)
        self.started = time.monotonic()
        # Appends: after a restart the log still shows what happened before it.
        with self.command.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command.arguments),
                cwd=self.command.folder,
                env=dict(self.command.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def is_running(self) -> bool:
        """Tell whether it still runs; collects its exit code when not."""
        return self.process.poll() is None

    def stop(self, deadline_seconds: float = STOP_SECONDS) -> None:
        """Ask it to end, wait, then end by force whatever is left of its session."""
        if self.is_running():
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(deadline_seconds)
        self.kill()

    def kill(self) -> None:
        """End it and all it started at once, as a power cut would."""
        kill_session(self.pid)
        self.process.wait()

    def check_running(self) -> None:
        """Raise `ProcessFailed` if it ended by itself."""
        if not self.is_running():
            code = self.process.returncode
            raise ProcessFailed(f"{self.command.name} ended with exit code {code}.\n{self.last_lines()}")

    def last_lines(self) -> str:
        """Give the end of its log, for a message."""
        lines = self.command.log.read_text("utf-8", "replace").splitlines()[-_LOG_LINES:]
        return "\n".join([f"Last lines of {self.command.log}:", *(f"  {line}" for line in lines)])


def session_pids(session: int) -> list[int]:
    """Give the processes of a session that still run (zombies don't)."""
    found = []
    for process in psutil.process_iter(["pid", "status"]):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getsid(process.pid) == session and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
    return found


def kill_session(session: int) -> None:
    """Kill every process of a session, again until none is left: a fork may slip in between."""
    while pids := session_pids(session):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
