"""An object store for tests: presigned PUTs on a real socket, checked as strictly as a real store does.

It takes what it signed, once it is whole, and nothing else; a broken-off upload leaves no object.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Put:
    """One upload as it arrived. `status` is what it was answered."""

    key: str
    headers: dict[str, str]
    size: int
    status: int


@dataclass(slots=True)
class FakeStore:
    """Objects by key. `script` answers the next PUTs: a status, or None to break the connection off."""

    objects: dict[str, bytes] = field(default_factory=dict)
    puts: list[Put] = field(default_factory=list)
    script: list[int | None] = field(default_factory=list)
    on_put: Callable[[str], Awaitable[None]] | None = None
    """Runs when the head of a PUT has arrived, before its body is read."""
    in_flight: int = 0
    most_in_flight: int = 0
    port: int = 0
    _signatures: dict[str, str] = field(default_factory=dict)
    _runner: web.AppRunner | None = None

    @property
    def origin(self) -> str:
        """Give the origin that the backend's health answer lists."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/bucket/{key:.+}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def presign(self, key: str) -> str:
        """Give an address that takes one object."""
        signature = self._signatures.setdefault(key, secrets.token_hex(8))
        return f"{self.origin}/bucket/{key}?X-Amz-Signature={signature}"

    def expire(self) -> None:
        """Refuse every address that was handed out so far."""
        self._signatures.clear()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        key = request.match_info["key"]
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            if self.on_put is not None:
                await self.on_put(key)
            return await self._take(request, key)
        finally:
            self.in_flight -= 1

    async def _take(self, request: web.Request, key: str) -> web.StreamResponse:
        scripted = self.script.pop(0) if self.script else 200
        if scripted is None:
            _break_off(request)
            return web.Response(status=500)
        status = scripted if scripted != 200 else self._judge(request, key)
        body = await request.read()
        if status == 200:
            self.objects[key] = body
        self.puts.append(Put(key, dict(request.headers), len(body), status))
        location = {"Location": f"{self.origin}/bucket/elsewhere"} if 300 <= status < 400 else {}
        return web.Response(status=status, headers=location)

    def _judge(self, request: web.Request, key: str) -> int:
        if request.method != "PUT" or "Transfer-Encoding" in request.headers:
            return 501  # S3 does not take a chunked body
        if request.query.get("X-Amz-Signature") != self._signatures.get(key, ""):
            return 403
        return 200


def _break_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def never() -> None:
    """Wait for ever; for `on_put`, to hold uploads back until the test ends them."""
    await asyncio.Event().wait()
