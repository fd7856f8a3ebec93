"""An agent on the stage: watched in every request, and able to die or change in the middle of one."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web
from hivesync_contract import headers
from hivesync_contract.signing import agent_proof

from hivesync_dev.conformance.client import PATIENCE_SECONDS
from hivesync_dev.conformance.rules import Rules
from hivesync_dev.conformance.transcript import Transcript
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.scripted import Handler, Recorded, json_answer

AGENT_VERSION = "0.1.0"


@dataclass
class StagedAgent(FakeAgent):
    """`rules` tells what the client's requests broke; `transcript` what went back and forth."""

    rules: Rules = field(default_factory=Rules)
    transcript: Transcript = field(default_factory=Transcript)
    name: str = "agent"
    patience_seconds: float = PATIENCE_SECONDS
    tokens: list[str] = field(default_factory=list)
    _renews_token: bool = False

    async def start(self) -> None:
        """Listen and publish the discovery file."""
        self._note_token()
        await super().start()
        self.transcript.note(self.name, f"listens on port {self.port}")

    async def crash(self) -> None:
        """Leave as after `kill -9`: the discovery file stays."""
        await super().crash()
        self.transcript.note(self.name, "has died")

    async def refuse_connections(self) -> None:
        """Stop listening but keep the connections there are, as in the moment of an end."""
        if self._runner is not None:
            for site in list(self._runner.sites):
                await site.stop()

    async def close_connections(self) -> None:
        """Close what is open, as an agent does with connections that are idle; go on listening."""
        if self._runner is not None and self._runner.server is not None:
            for connection in self._runner.server.connections:
                if connection.transport is not None:
                    connection.transport.close()

    def die_at(self, method: str, path: str, first: Callable[[web.Request], None] | None = None) -> None:
        """Die in the middle of the next such call, after `first` has been done with it."""

        async def die(request: web.Request) -> web.StreamResponse:
            if first is not None:
                first(request)
            await self.refuse_connections()
            answer = break_off(request)
            await self.close_connections()
            return answer

        self.on(method, path, die)

    def close_kept_at(self, method: str, path: str, otherwise: Handler) -> None:
        """Close a connection that has brought a call before, as this one arrives on it; nothing is done."""

        async def handle(request: web.Request) -> web.StreamResponse:
            *before, this = self.requests
            is_kept = any(each.connection == this.connection and each.path != "/" for each in before)
            return break_off(request) if is_kept else await otherwise(request)

        self.on(method, path, handle)

    def renew_token_at_next_call(self) -> None:
        """Refuse the token of the next call, and publish another one in that moment."""
        self._renews_token = True

    def _arrived(self, request: web.Request, recorded: Recorded) -> None:
        self.transcript.note(self.name, f"← {request.method} {recorded.path} {recorded.query}".rstrip())
        self.rules.look(request.raw_path, recorded, self.port, self.tokens)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        response = await super()._handle(request)
        self.transcript.note(self.name, f"→ {response.status}")
        return response

    def _guard(self, request: web.Request) -> Handler | None:
        if self._route_path(request) == "/":
            return self._prove(request)
        if self._renews_token:
            self._renews_token = False
            self.token = secrets.token_urlsafe(32)
            self._note_token()
            self.publish()
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return refusal_of_agent(401, "AUTH_INVALID", "That is not this agent's token.")
        return None

    def _prove(self, request: web.Request) -> Handler:
        self.proofs += 1
        answer = {
            "product": "HiveSync",
            "version": AGENT_VERSION,
            "protocol": {"min": self.protocol.min, "max": self.protocol.max},
            "instance_id": self.instance_id,
            "proof": agent_proof(self.token, request.query.get("nonce", "")),
        }
        return json_answer(answer, headers={headers.AGENT: AGENT_VERSION})

    def _note_token(self) -> None:
        self.tokens.append(self.token)
        self.transcript.secrets[self.token] = f"token {len(self.tokens)} of {self.name}"


def refusal_of_agent(status: int, code: str, detail: str, **more_headers: str) -> Handler:
    """Give a handler that answers as the agent itself does: with its header."""
    body = {"title": "Error", "status": status, "code": code, "detail": detail}
    named = {name.replace("_", "-"): value for name, value in more_headers.items()}
    return json_answer(body, status, {headers.AGENT: AGENT_VERSION, **named})


def break_off(request: web.Request) -> web.Response:
    """Close the connection without an answer; what is returned goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
