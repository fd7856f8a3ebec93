"""The agent as a process of its own: start it, wait for it. Stops it only through its API."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hivesync.private_files import private_folder
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.cli.console import Console

if TYPE_CHECKING:
    from hivesync import Client
    from hivesync_contract.local_api import AgentStatus

_START_SECONDS = 20.0
_STOP_SECONDS = 15.0
_POLL_SECONDS = 0.05
_TAIL_BYTES = 2_000


class AgentNotStarted(HiveSyncError):
    """The agent's process ended, or did not publish itself in time."""


def is_running(client: Client) -> bool:
    """Tell whether an agent answers that has proven itself."""
    return _status(client) is not None


def start(client: Client) -> AgentStatus:
    """Start a detached agent and wait until it has proven itself; raise `AgentNotStarted`."""
    folder = private_folder(client.locations.log)
    output = folder / f"agent.{client.settings.profile}.start.log"
    process = _spawn(client.settings.profile, output)
    end = time.monotonic() + _START_SECONDS
    while (status := _status(client)) is None:
        if process.poll() not in (None, 0):
            raise AgentNotStarted(f"The agent ended with exit code {process.returncode}. {_tail(output)}")
        if time.monotonic() > end:
            raise AgentNotStarted(
                f"The agent does not answer {_START_SECONDS:g} s after its start; see {output}."
            )
        time.sleep(_POLL_SECONDS)
    process.returncode = process.returncode or 0  # it lives on without us: no ResourceWarning
    return status


def ensure_running(console: Console, client: Client) -> None:
    """Start the agent unless one runs."""
    if not is_running(client):
        console.note("Starting the agent …")
        start(client)


def stop(client: Client) -> bool:
    """Ask the agent to end and wait for that; False if none runs."""
    if not is_running(client):
        return False
    client.agent.shutdown()
    discovery = client.locations.discovery_file(client.settings.profile)
    end = time.monotonic() + _STOP_SECONDS
    while discovery.exists():
        if time.monotonic() > end:
            raise AgentNotStarted("The agent was asked to stop but has not ended yet.")
        time.sleep(_POLL_SECONDS)
    return True


def _status(client: Client) -> AgentStatus | None:
    from hivesync import AgentAbsent

    with contextlib.suppress(AgentAbsent):
        return client.agent.status()
    return None


def _spawn(profile: str, output: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "hivesync_agent", "--profile", profile, "agent", "run"]
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(descriptor, "wb") as log:
        # The home folder as working folder: the agent must not keep a mounted disk busy.
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=Path.home(),
            start_new_session=True,
            creationflags=_detached_flags(),
        )


def _detached_flags() -> int:
    """Give Windows' flags for a process without console that outlives ours; 0 elsewhere."""
    if sys.platform != "win32":
        return 0
    return (
        subprocess.DETACHED_PROCESS
        | subprocess.CREATE_NEW_PROCESS_GROUP
        | subprocess.CREATE_BREAKAWAY_FROM_JOB
    )


def _tail(path: Path) -> str:
    try:
        return path.read_bytes()[-_TAIL_BYTES:].decode("utf-8", "replace").strip()
    except OSError:
        return ""
