"""A real HTTP server whose answers a test writes down. Records all that it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import msgspec
from aiohttp import web

from hivesync_dev.stack.ports import any_free_port

_BODY_MAX_BYTES = 64 * 1024 * 1024
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as it arrived."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    connection: int = 0
    """The client's port: what came on the same connection has the same."""

    def json(self) -> Any:
        """Give the decoded body."""
        return json.loads(self.body)


def json_answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Handler:
    """Give a handler that always answers this."""

    async def handle(_: web.Request) -> web.StreamResponse:
        return web.Response(
            body=msgspec.json.encode(body), status=status, headers=headers, content_type="application/json"
        )

    return handle


def problem_answer(status: int, code: str, detail: str = "It failed.", **more: Any) -> Handler:
    """Give a handler that always answers with this problem document."""
    return json_answer({"title": "Error", "status": status, "code": code, "detail": detail, **more}, status)


def endless(status: int = 200, headers: Mapping[str, str] | None = None) -> Handler:
    """Give a handler that sends more than any client may take: 32 MiB, and no line's end."""

    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers=headers or {"Content-Type": "application/json"})
        await response.prepare(request)
        for _ in range(512):
            await response.write(b" " * 65_536)
        return response

    return handle


@dataclass
class ScriptedServer:
    """Listens on 127.0.0.1. Unscripted routes answer 404 as a problem document."""

    port: int = 0
    requests: list[Recorded] = field(default_factory=list)
    _routes: dict[tuple[str, str], Handler] = field(default_factory=dict)
    _runner: web.AppRunner | None = None

    @property
    def origin(self) -> str:
        """Give the server's origin."""
        return f"http://127.0.0.1:{self.port}"

    def on(self, method: str, path: str, handler: Handler) -> None:
        """Answer this route with the handler from now on."""
        self._routes[method, path] = handler

    def asked(self, method: str, path: str) -> list[Recorded]:
        """Give the requests to a route so far."""
        return [request for request in self.requests if (request.method, request.path) == (method, path)]

    async def start(self) -> None:
        """Listen; on a restart at the same port as before."""
        app = web.Application(client_max_size=_BODY_MAX_BYTES)
        app.router.add_route("*", "/{tail:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        self.port = self.port or any_free_port()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        runner, self._runner = self._runner, None
        if runner is not None:
            connections = runner.server.connections if runner.server is not None else []
            transports = [each.transport for each in connections if each.transport is not None]
            await runner.cleanup()
            for transport in transports:
                transport.abort()  # one whose client reads no more would outlive a loop that ends now
            await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = self._route_path(request)
        peer = request.transport.get_extra_info("peername") if request.transport else None
        recorded = Recorded(
            request.method,
            path,
            request.rel_url.raw_query_string,
            dict(request.headers),
            await request.read(),
            peer[1] if peer else 0,
        )
        self.requests.append(recorded)
        self._arrived(request, recorded)
        handler = self._guard(request) or self._routes.get((request.method, path))
        return await (handler or problem_answer(404, "NOT_FOUND", "There is nothing here."))(request)

    def _route_path(self, request: web.Request) -> str:
        return request.rel_url.raw_path

    def _arrived(self, request: web.Request, recorded: Recorded) -> None:
        """Look at a request before it is answered."""

    def _guard(self, request: web.Request) -> Handler | None:
        """Give the handler of a refusal, or None."""
        return None
