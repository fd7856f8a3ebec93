"""`/v1/status`, `/v1/logs` and the switches. Tells no token, no path of a user and no query."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from hivesync_contract import PROTOCOL_MAX, PROTOCOL_MIN
from hivesync_contract.discovery import ProtocolRange
from hivesync_contract.events import AgentEvent, EventType
from hivesync_contract.local_api import AgentStatus, LogLines, Stopping
from hivesync_contract.local_projects import PolledProject

from hivesync_agent import VERSION
from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.local_api.route import Route, get, post
from hivesync_agent.log import tail
from hivesync_agent.problems import BadRequest, json_response
from hivesync_agent.response import Response
from hivesync_agent.session.profile import Profile
from hivesync_agent.session.protocol import SessionAccess
from hivesync_agent.settings import AgentSettings
from hivesync_agent.status.clients import ConnectedClients
from hivesync_agent.status.health import HealthCheck
from hivesync_agent.status.switch import Switch

LOG_LINES = 200
LOG_LINES_MAX = 2_000


class Operations(Protocol):
    """Counts changes that wait for the network, and those that came back."""

    def waiting(self) -> int: ...

    def conflicts(self) -> int: ...


class StatusRoutes:
    """The routes of the agent's own state."""

    def __init__(
        self,
        *,
        settings: AgentSettings,
        access: SessionAccess,
        profile: Profile,
        health: HealthCheck,
        clients: ConnectedClients,
        switch: Switch,
        publish: Callable[[str, AgentEvent], None],
        log_path: Path,
        pending_previews: Callable[[], int],
        polled_projects: Callable[[], Iterable[PolledProject]],
        operations: Operations,
        retry_seconds: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._access = access
        self._profile = profile
        self._health = health
        self._clients = clients
        self._switch = switch
        self._publish = publish
        self._log_path = log_path
        self._pending_previews = pending_previews
        self._polled_projects = polled_projects
        self._operations = operations
        self._retry_seconds = retry_seconds
        self._started = time.monotonic()

    def routes(self) -> list[Route]:
        """Give the route table."""
        return [
            get("/v1/status", self.status, {200: AgentStatus}),
            post("/v1/pause", self.pause, {200: AgentStatus}),
            post("/v1/resume", self.resume, {200: AgentStatus}),
            post("/v1/shutdown", self.shutdown, {202: Stopping}),
            get("/v1/logs", self.logs, {200: LogLines}, query={"lines": f"how many, 1–{LOG_LINES_MAX}"}),
        ]

    async def status(self, request: LocalRequest) -> Response:
        """Tell everything a status line or the tray shows."""
        return json_response(await self._status())

    async def pause(self, request: LocalRequest) -> Response:
        """Let background work rest."""
        return await self._turn(self._switch.pause)

    async def resume(self, request: LocalRequest) -> Response:
        """Let background work go on."""
        return await self._turn(self._switch.resume)

    async def shutdown(self, request: LocalRequest) -> Response:
        """Answer, then end."""
        asyncio.get_running_loop().call_soon(self._switch.stop)
        return json_response(Stopping(), status=202)

    async def logs(self, request: LocalRequest) -> Response:
        """Give the last lines of the log, one JSON object per line."""
        wanted = request.query.get("lines", str(LOG_LINES))
        if not wanted.isdecimal() or not 0 < int(wanted) <= LOG_LINES_MAX:
            raise BadRequest(f"lines must be 1–{LOG_LINES_MAX}.")
        lines = await asyncio.to_thread(tail, self._log_path, int(wanted))
        return json_response(LogLines(lines))

    async def _turn(self, turn: Callable[[], None]) -> Response:
        """Turn the switch, and tell every client where that has changed something."""
        before = self._switch.paused
        turn()
        if self._switch.paused != before:
            self._publish(EventType.AGENT_CHANGED, AgentEvent(self._switch.paused))
        return json_response(await self._status())

    async def _status(self) -> AgentStatus:
        reachability, user = await asyncio.gather(
            self._health.reachability(self._settings.status_seconds), self._profile.user()
        )
        return AgentStatus(
            version=VERSION,
            protocol=ProtocolRange(PROTOCOL_MIN, PROTOCOL_MAX),
            pid=os.getpid(),
            uptime_seconds=round(time.monotonic() - self._started, 3),
            server_url=self._settings.server_url,
            profile=self._settings.profile,
            signed_in=self._access.signed_in,
            online=reachability.online,
            paused=self._switch.paused,
            tier=user.tier if user else None,
            user=user,
            upstream_latency_ms=reachability.latency_ms,
            queued_operations=self._operations.waiting(),
            pending_previews=self._pending_previews(),
            clients=self._clients.connected(),
            conflicting_operations=self._operations.conflicts(),
            retry_seconds=round(self._retry_seconds(), 3),
            polled_projects=list(self._polled_projects()),
        )
