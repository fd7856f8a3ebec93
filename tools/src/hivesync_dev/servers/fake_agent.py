"""An agent for client tests: discovery file, proof and token are real, the answers are scripted."""

from __future__ import annotations

import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec
from aiohttp import web
from hivesync.private_files import write_private
from hivesync_contract import PROTOCOL_MAX, PROTOCOL_MIN, headers
from hivesync_contract.discovery import (
    API_PREFIX,
    DEFAULT_PROFILE,
    DiscoveryFile,
    ProtocolRange,
    discovery_name,
    local_url,
)
from hivesync_contract.local_api import AgentProof, AgentStatus
from hivesync_contract.signing import agent_proof

from hivesync_dev.servers.scripted import Handler, ScriptedServer, json_answer, problem_answer


@dataclass
class FakeAgent(ScriptedServer):
    """Routes are given without the API prefix: `agent.on("GET", "/v1/status", …)`."""

    runtime: Path = field(default_factory=Path)
    profile: str = DEFAULT_PROFILE
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    instance_id: str = "fake-1"
    protocol: ProtocolRange = field(default_factory=lambda: ProtocolRange(PROTOCOL_MIN, PROTOCOL_MAX))
    server_url: str | None = None
    proofs: int = 0

    @property
    def discovery_path(self) -> Path:
        """Give where the discovery file lies."""
        return self.runtime / discovery_name(self.profile)

    async def start(self) -> None:
        """Listen and publish the discovery file."""
        await super().start()
        self.publish()

    async def stop(self) -> None:
        """Leave as a well-behaved agent does."""
        self.discovery_path.unlink(missing_ok=True)
        await super().stop()

    async def crash(self) -> None:
        """Leave as after `kill -9`: the discovery file stays."""
        await super().stop()

    async def restart(self) -> None:
        """Come back as a new agent would: another port, another token."""
        await self.stop()
        self.port, self.token = 0, secrets.token_urlsafe(32)
        self.instance_id += "+"
        await self.start()

    def publish(self) -> None:
        """Write the discovery file."""
        file = DiscoveryFile(
            pid=os.getpid(),
            port=self.port,
            url=local_url(self.port),
            token=self.token,
            instance_id=self.instance_id,
            version="0.0.0",
            protocol=self.protocol,
            profile=self.profile,
            started_at="2026-01-01T00:00:00Z",
            server_url=self.server_url,
        )
        write_private(self.discovery_path, msgspec.json.encode(asdict(file)))

    def _route_path(self, request: web.Request) -> str:
        return super()._route_path(request).removeprefix(API_PREFIX)

    def _guard(self, request: web.Request) -> Handler | None:
        if headers.CLIENT not in request.headers:
            return problem_answer(400, "VALIDATION_ERROR", "The client does not say who it is.")
        if self._route_path(request) == "/":
            return self._prove(request)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return problem_answer(401, "AUTH_INVALID", "That is not this agent's token.")
        return None

    def _prove(self, request: web.Request) -> Handler:
        self.proofs += 1
        proof = agent_proof(self.token, request.query["nonce"])
        answer = AgentProof("HiveSync", "0.0.0", self.protocol, self.instance_id, proof)
        return json_answer(answer, headers={headers.AGENT: "0.0.0"})


def agent_status(server_url: str) -> AgentStatus:
    """Give the status of an agent that runs, is online, and that nobody is signed in to."""
    return AgentStatus(
        version="0.0.0",
        protocol=ProtocolRange(PROTOCOL_MIN, PROTOCOL_MAX),
        pid=1,
        uptime_seconds=1.0,
        server_url=server_url,
        profile=DEFAULT_PROFILE,
        signed_in=False,
        online=True,
        paused=False,
        tier=None,
        user=None,
        upstream_latency_ms=1.0,
        queued_operations=0,
        pending_previews=0,
        clients=[],
    )
