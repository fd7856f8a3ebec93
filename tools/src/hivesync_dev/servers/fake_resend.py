"""Resend for tests: takes mails on a real socket by the rules of its API, and can be slow, full or broken."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import msgspec
from aiohttp import web

from hivesync_dev.servers.json_answers import json_answer

KEY_CHARACTERS = 256
_REQUIRED = ("from", "to", "subject")


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say to a mail instead of carrying it."""

    status: int
    name: str = "application_error"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class FakeResend:
    """Listens between `start` and `stop`, which may alternate on the same port.

    `carried`: the mails that a person would have got. `requests` counts all that came. `answers` are said to
    the next mails; while `silent` mails are carried, but no answer is given until `speak`.
    """

    api_key: str
    carried: list[dict[str, Any]] = field(default_factory=list)
    requests: int = 0
    answers: deque[Answer] = field(default_factory=deque)
    silent: bool = False
    _spoken: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    _by_key: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    _runner: web.AppRunner | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Give the origin."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen; on the same port as before if there was one."""
        app = web.Application()
        app.add_routes([web.post("/emails", self._take), web.get("/domains", self._domains)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Be away."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def until(self, *, carried: int = 0, requests: int = 0, deadline_seconds: float = 30) -> None:
        """Wait until so many mails were carried, and so many requests came."""
        async with asyncio.timeout(deadline_seconds):
            while len(self.carried) < carried or self.requests < requests:
                self._changed.clear()
                await self._changed.wait()

    def speak(self) -> None:
        """Answer all that wait, and from now on."""
        self.silent = False
        self._spoken.set()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests += 1
        self._changed.set()
        if refused := self._key_refused(request):
            return refused
        if self.answers:
            scripted = self.answers.popleft()
            return _error(scripted.status, scripted.name, "as the test wants it", scripted.headers)
        mail: dict[str, Any] = msgspec.json.decode(body)
        key = request.headers.get("Idempotency-Key")
        if refused := _mail_refused(mail, key):
            return refused
        if key is not None and key in self._by_key:
            known, identifier = self._by_key[key]
            if known != _canonical(mail):
                return _error(409, "invalid_idempotent_request", "The key was used for another mail.")
            return json_answer({"id": identifier})
        identifier = str(uuid4())
        self.carried.append(mail)
        if key is not None:
            self._by_key[key] = (_canonical(mail), identifier)
        self._changed.set()
        if self.silent:
            await self._spoken.wait()
        return json_answer({"id": identifier})

    async def _domains(self, request: web.Request) -> web.Response:
        return self._key_refused(request) or json_answer({"object": "list", "has_more": False, "data": []})

    def _key_refused(self, request: web.Request) -> web.Response | None:
        if not request.headers.get("User-Agent"):
            return _error(403, "forbidden", "A User-Agent is required.")
        given = request.headers.get("Authorization", "")
        if not given.startswith("Bearer "):
            return _error(401, "missing_api_key", "Missing API key in the authorization header.")
        if given != f"Bearer {self.api_key}":
            return _error(403, "invalid_api_key", "API key is invalid.")
        return None


def _mail_refused(mail: dict[str, Any], key: str | None) -> web.Response | None:
    if key is not None and not 1 <= len(key) <= KEY_CHARACTERS:
        return _error(400, "invalid_idempotency_key", "The key must be between 1-256 chars.")
    for name in _REQUIRED:
        if not mail.get(name):
            return _error(422, "missing_required_field", f"Missing `{name}` field.")
    if not mail.get("html") and not mail.get("text"):
        return _error(422, "missing_required_field", "Missing `html` or `text` field.")
    for address in mail["to"]:
        name, at, domain = address.partition("@")
        if not (name and at and "." in domain) or not address.isascii():
            return _error(422, "validation_error", "Invalid `to` field.")
    return None


def _canonical(mail: dict[str, Any]) -> bytes:
    return json.dumps(mail, sort_keys=True).encode()


def _error(status: int, name: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    answer = json_answer({"statusCode": status, "name": name, "message": message}, status)
    answer.headers.update(headers or {})
    return answer
