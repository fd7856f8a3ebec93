"""The agent as a process of its own: start it, wait for it. Stops it only through its API."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hivesync.credentials.lock import FileLock
from hivesync.private_files import private_folder
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.cli.console import Console
from hivesync_agent.detached import leave, spawn
from hivesync_agent.service.autostart import autostart
from hivesync_agent.service.job import new_job
from hivesync_agent.service.start_log import start_log

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
    """Start the agent, as a service where one is installed, and wait until it has proven itself.

    Raises `AgentNotStarted`.
    """
    job = new_job(client.settings.profile, client.locations)
    if autostart().start(job):
        return wait_for(client)
    private_folder(job.output.parent)
    process = spawn(job.command, job.output)
    try:
        return wait_for(client, lambda: process.poll() in (None, 0))
    except AgentNotStarted as error:
        raise AgentNotStarted(f"{error.detail} {_tail(job.output)}".rstrip()) from None
    finally:
        leave(process)


def wait_for(client: Client, lives: Callable[[], bool] = lambda: True) -> AgentStatus:
    """Wait until an agent answers; raise `AgentNotStarted` when it no longer `lives`, or takes too long."""
    end = time.monotonic() + _START_SECONDS
    while (status := _status(client)) is None:
        if not lives():
            raise AgentNotStarted("The agent has ended.")
        if time.monotonic() > end:
            output = start_log(client.locations, client.settings.profile)
            raise AgentNotStarted(f"No agent answers {_START_SECONDS:g} s after its start; see {output}.")
        time.sleep(_POLL_SECONDS)
    return status


def ensure_running(console: Console, client: Client) -> None:
    """Start the agent unless one runs."""
    if not is_running(client):
        console.note("Starting the agent …")
        start(client)


def stop(client: Client) -> bool:
    """Ask the agent to end and wait until it has drained; False if none runs.

    Raises `AgentNotStarted` for one that does not end in time.
    """
    path = client.locations.agent_lock(client.settings.profile)
    was_asked = _ask_to_end(client)
    if not was_asked and not path.exists():
        return False
    # Its discovery file goes first, so that nobody new comes; its lock goes last, with its process.
    lock = FileLock(path)
    end = time.monotonic() + _STOP_SECONDS
    while not lock.try_acquire():
        if time.monotonic() > end:
            raise AgentNotStarted("The agent was asked to stop but has not ended yet.")
        # Whoever holds the lock lives: it starts just now, or this machine is too busy for an answer in time.
        was_asked = was_asked or _ask_to_end(client)
        time.sleep(_POLL_SECONDS)
    lock.release()
    return was_asked


def _ask_to_end(client: Client) -> bool:
    from hivesync import AgentAbsent

    try:
        client.agent.shutdown()
    except AgentAbsent:
        return False
    return True


def _status(client: Client) -> AgentStatus | None:
    from hivesync import AgentAbsent

    with contextlib.suppress(AgentAbsent):
        return client.agent.status()
    return None


def _tail(path: Path) -> str:
    try:
        return path.read_bytes()[-_TAIL_BYTES:].decode("utf-8", "replace").strip()
    except OSError:
        return ""
