"""Running one agent from the lock to the last connection. Refuses to be the second one of a profile."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys

from hivesync.credentials.lock import FileLock
from hivesync.credentials.store import choose_store
from hivesync_contract.discovery import DiscoveryFile
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.lifecycle import discovery as discovery_file
from hivesync_agent.log import start_logging
from hivesync_agent.settings import AgentSettings

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
BACKLOG = 128
_log = logging.getLogger("hivesync.agent")


def run(*, profile: str | None = None) -> int:
    """Be the agent of a profile until a signal or `/v1/shutdown`; give the exit code."""
    try:
        settings = AgentSettings.from_env(os.environ, profile=profile)
    except HiveSyncError as error:
        print(f"hivesync agent: {error.detail}", file=sys.stderr)  # noqa: T201 - a command's own words
        return EXIT_USAGE
    try:
        lock = FileLock(settings.locations.agent_lock(settings.profile))
        if not lock.try_acquire():
            return _tell_of_the_first(settings)
        try:
            start_logging(settings.locations.agent_log(settings.profile))
            asyncio.run(_serve(settings))
        finally:
            lock.release()
    except HiveSyncError as error:
        print(f"hivesync agent: {error.detail}", file=sys.stderr)  # noqa: T201
        return EXIT_FAILED
    except OSError as error:
        print(f"hivesync agent: {error.strerror}: {error.filename}", file=sys.stderr)  # noqa: T201
        return EXIT_FAILED
    return EXIT_OK


def _tell_of_the_first(settings: AgentSettings) -> int:
    first = discovery_file.read(settings.locations.discovery_file(settings.profile))
    where = f"{first.url} (pid {first.pid})" if first else "starting up"
    print(f"An agent for profile {settings.profile!r} is already running: {where}")  # noqa: T201
    return EXIT_OK


async def _serve(settings: AgentSettings) -> None:
    # Bound before anything else is built, so that the port in the discovery file is really ours.
    listener = _bind()
    discovery = discovery_file.new_discovery(listener.getsockname()[1], settings.profile)
    async with asyncio.TaskGroup() as group:
        await _run_agent(settings, discovery, listener, group)


async def _run_agent(
    settings: AgentSettings, discovery: DiscoveryFile, listener: socket.socket, group: asyncio.TaskGroup
) -> None:
    from hivesync_agent.app import Agent
    from hivesync_agent.tasks import BackgroundTasks

    loop = asyncio.get_running_loop()
    tasks = BackgroundTasks(group)
    agent = Agent(settings, discovery, choose_store(settings.account, settings.locations), tasks)
    _stop_on_signals(loop, agent.switch.stop)
    server = await loop.create_server(await agent.open(), sock=listener, backlog=BACKLOG)
    path = settings.locations.discovery_file(settings.profile)
    # From here on a client may come: everything that answers it is there.
    discovery_file.publish(path, discovery)
    _log.info("agent started", extra={"port": discovery.port, "instance": discovery.instance_id})
    try:
        agent.start()
        await agent.switch.until_stopped()
    finally:
        # Withdrawn first, so that nobody finds an agent that is about to leave.
        discovery_file.withdraw(path, discovery)
        server.close()
        await agent.close()
        tasks.cancel_all()
        _log.info("agent stopped")


def _bind() -> socket.socket:
    """Listen on the literal address: `localhost` may be `::1`, and some VPN clients break it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform == "win32":
        # Without it another process could bind the same port beside us and take our clients.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    listener.bind(("127.0.0.1", 0))
    listener.setblocking(False)
    return listener


def _stop_on_signals(loop: asyncio.AbstractEventLoop, stop: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))  # type: ignore[arg-type]
        else:
            loop.add_signal_handler(number, stop)  # type: ignore[arg-type]
