"""One agent's life in the event loop: bind, publish, serve, withdraw, drain. Knows no process or signal."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Callable

from hivesync.credentials.store import CredentialStore
from hivesync_contract.discovery import DiscoveryFile

from hivesync_agent.app import Agent
from hivesync_agent.lifecycle import discovery as discovery_file
from hivesync_agent.settings import AgentSettings
from hivesync_agent.tasks import BackgroundTasks

BACKLOG = 128
_log = logging.getLogger("hivesync.agent")


async def serve(settings: AgentSettings, store: CredentialStore, on_ready: Callable[[Agent], None]) -> None:
    """Be an agent until `agent.switch.stop()`; `on_ready` gets the agent just before it can be found.

    The caller holds the profile's lock.
    """
    # Bound before anything else is built, so that the port in the discovery file is really ours.
    listener = _bind()
    discovery = discovery_file.new_discovery(listener.getsockname()[1], settings.profile, settings.server_url)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = BackgroundTasks(group)
            try:
                await _serve_until_stopped(Agent(settings, discovery, store, tasks), listener, on_ready)
            finally:
                tasks.cancel_all()
    except ExceptionGroup as failed:
        # Background tasks log their own failures, so this is the one that ended the agent.
        raise failed.exceptions[0] from None


async def _serve_until_stopped(
    agent: Agent, listener: socket.socket, on_ready: Callable[[Agent], None]
) -> None:
    server = await asyncio.get_running_loop().create_server(
        await agent.open(), sock=listener, backlog=BACKLOG
    )
    path = agent.settings.locations.discovery_file(agent.settings.profile)
    on_ready(agent)
    try:
        # From here on a client may come: everything that answers it is there.
        await asyncio.to_thread(discovery_file.publish, path, agent.discovery)
        _log.info("agent started", extra=_about(agent.discovery))
        agent.start()
        await agent.switch.until_stopped()
    finally:
        # Withdrawn first, so that nobody finds an agent that is about to leave.
        await asyncio.to_thread(discovery_file.withdraw, path, agent.discovery)
        server.close()
        await agent.close()
        _log.info("agent stopped", extra=_about(agent.discovery))


def _about(discovery: DiscoveryFile) -> dict[str, object]:
    return {"port": discovery.port, "instance": discovery.instance_id}


def _bind() -> socket.socket:
    """Listen on the literal address: `localhost` may be `::1`, and some VPN clients break it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform == "win32":
        # Without it another process could bind the same port beside us and take our clients.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    listener.bind(("127.0.0.1", 0))
    listener.setblocking(False)
    return listener
