"""A backend for tests of its clients: the contract's routes on a real socket, a journal, and switches.

It is not the server: it checks no rule of the product. What it does check is what a client could get
wrong: tokens, headers, bodies, streams.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiohttp import web
from hivesync_contract.errors import ErrorCode
from hivesync_contract.notifications import UnreadCount

from hivesync_dev.servers.fake_identity import FakeIdentity
from hivesync_dev.servers.fake_streams import FakeStreams
from hivesync_dev.servers.json_answers import json_answer, problem_answer
from hivesync_dev.stack.ports import any_free_port

_TAKEN_SECONDS = 10.0
_OPEN_PREFIXES = ("/api/v1/auth/", "/api/v1/health")


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Give the first header of that name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(slots=True)
class UpstreamBackend:
    """One fake backend; `start` and `stop` may alternate, on the same port."""

    identity: FakeIdentity = field(default_factory=FakeIdentity)
    streams: FakeStreams = field(default_factory=FakeStreams)
    journal: list[Seen] = field(default_factory=list)
    answer_headers: list[tuple[str, str]] = field(default_factory=list)
    """Headers that `/api/v1/answer` adds, as a hostile backend would."""
    event_log: list[tuple[str, str, str]] = field(default_factory=list)
    """(id, type, data) of everything published; a reconnecting client gets what follows its last id."""
    event_streams: int = 0
    tls: ssl.SSLContext | None = None
    port: int = 0
    _published: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Give the origin."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen; on the same port as before if there was one."""
        app = web.Application(middlewares=[self._check], client_max_size=16 * 1024 * 1024)
        app.add_routes([*self.identity.routes(), *self.streams.routes(), *self._routes()])
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1, auto_decompress=False
        )
        await self._runner.setup()
        # One that no client's connection takes while this backend is away.
        self.port = self.port or any_free_port()
        listener = await _listener(self.port)
        await web.SockSite(self._runner, listener, ssl_context=self.tls).start()

    async def stop(self) -> None:
        """Stop listening and break every connection off."""
        if self._runner is not None:
            self._wake_streams()
            await _let_the_accepted_in(self._runner)
            await self._runner.cleanup()
            self._runner = None

    def publish(self, event_id: str, event_type: str, data: str) -> None:
        """Send an event to every open stream."""
        self.event_log.append((event_id, event_type, data))
        self._wake_streams()

    def relayed(self) -> list[Seen]:
        """Give what came from an agent's client; the agent's own calls name no client."""
        return [seen for seen in self.journal if seen.header("X-HiveSync-Client") is not None]

    def _wake_streams(self) -> None:
        self._published.set()
        self._published = asyncio.Event()

    def _routes(self) -> Iterable[web.RouteDef]:
        yield web.get("/api/v1/health", self._health)
        yield web.get("/api/v1/events", self._events)
        yield web.get("/api/v1/notifications", self._notifications)
        yield web.get("/api/v1/notifications/unread", self._unread)
        yield web.route("*", "/api/v1/echo", self._echo)
        yield web.route("*", "/api/v1/answer/{status}", self._answer)
        yield web.route("*", "/{rest:.*}", self._echo)

    @web.middleware
    async def _check(self, request: web.Request, handler: object) -> web.StreamResponse:
        headers = [(name.decode(), value.decode()) for name, value in request.raw_headers]
        self.journal.append(Seen(request.method, request.raw_path, headers))
        is_open = request.path.startswith(_OPEN_PREFIXES)
        if not is_open and not self.identity.accepts(request.headers.get("Authorization")):
            return problem_answer(ErrorCode.AUTH_EXPIRED, "The access token has expired.")
        return await handler(request)  # type: ignore[operator,no-any-return]

    async def _health(self, request: web.Request) -> web.Response:
        return json_answer({"status": "ok", "version": "0.0.0", "env": "local", "upload_origins": []})

    async def _notifications(self, request: web.Request) -> web.Response:
        return json_answer({"items": [], "next_cursor": None})

    async def _unread(self, request: web.Request) -> web.Response:
        return json_answer(UnreadCount(0, more=False))

    async def _echo(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.journal[-1] = Seen(request.method, request.raw_path, self.journal[-1].headers, body)
        return json_answer(
            {"method": request.method, "target": request.raw_path, "body": body.decode("latin-1")}
        )

    async def _answer(self, request: web.Request) -> web.Response:
        status = int(request.match_info["status"])
        response = web.Response(status=status, body=None if status in (204, 304) else b"the body")
        for name, value in self.answer_headers:
            response.headers.add(name, value)
        return response

    async def _events(self, request: web.Request) -> web.StreamResponse:
        self.event_streams += 1
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b": hello\n\n")
        sent = self._position(request.headers.get("Last-Event-ID"))
        while self._runner is not None:
            published = self._published
            for event_id, kind, data in self.event_log[sent:]:
                await response.write(f"id: {event_id}\nevent: {kind}\ndata: {data}\n\n".encode())
            sent = len(self.event_log)
            await published.wait()
        return response

    def _position(self, last_event_id: str | None) -> int:
        ids = [event_id for event_id, _, _ in self.event_log]
        return ids.index(last_event_id) + 1 if last_event_id in ids else 0


async def _listener(port: int) -> socket.socket:
    """Give a socket on the port. A program that is just being started still has a copy of the one that was
    closed, from its fork to its exec, so the port may be taken for a moment."""
    ends = time.monotonic() + _TAKEN_SECONDS
    while True:
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > ends:
                raise
        await asyncio.sleep(0.02)


async def _let_the_accepted_in(runner: web.AppRunner) -> None:
    """Accept nothing more, and make connections of what was accepted: asyncio would lose a socket that it has
    accepted for a server that is closed before a connection is made of it (seen with Python 3.11).
    """
    for site in runner.sites:
        server = getattr(site, "_server", None)
        for listener in server.sockets if server is not None else ():
            asyncio.get_running_loop().remove_reader(listener.fileno())
    await asyncio.sleep(0)
