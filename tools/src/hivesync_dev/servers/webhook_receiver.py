"""Another company's server that takes webhooks, by http or https, and answers as a test tells it to."""

from __future__ import annotations

import asyncio
import json
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook


@dataclass(frozen=True, slots=True)
class Message:
    """One request as it arrived. Header names are in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def payload(self) -> dict[str, Any]:
        """Give the decoded body."""
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded

    def signed_with(self, secret: str) -> bool:
        """Ask the reference library, at the time that the message names: tests move the backend's clock."""
        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        signature = Webhook(secret).sign(self.id, at, self.body.decode())
        return signature in self.headers["webhook-signature"].split(" ")


@dataclass(slots=True)
class WebhookReceiver:
    """Listens between `start` and `stop`. `status` and `headers` are its answer; it waits on paths of `held`.

    `by_path` gives some paths answers of their own; `most_at_once` counts requests that were open together.
    """

    context: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    port: int = 0
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    by_path: dict[str, int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    pause_seconds: float = 0.0
    messages: list[Message] = field(default_factory=list)
    most_at_once: dict[str, int] = field(default_factory=dict)
    _open: dict[str, int] = field(default_factory=dict)
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    _released: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    @property
    def origin(self) -> str:
        """Give the server's origin, by its address."""
        return f"{'https' if self.context else 'http'}://{self.host}:{self.port}"

    async def start(self) -> WebhookReceiver:
        """Listen; on the same port as before if there was one."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, ssl_context=self.context, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        """Be away."""
        self.release()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def release(self) -> None:
        """Answer all that are held."""
        self.held.clear()
        self._released.set()

    async def wait_for(
        self, count: int, path: str | None = None, deadline_seconds: float = 20
    ) -> list[Message]:
        """Wait until so many messages (at that path) have come, and give them in their order."""

        def found() -> list[Message]:
            return [message for message in self.messages if path in (None, message.path)]

        async with asyncio.timeout(deadline_seconds), self._arrived:
            await self._arrived.wait_for(lambda: len(found()) >= count)
        return found()

    async def _take(self, request: web.Request) -> web.Response:
        path = request.path
        self._open[path] = self._open.get(path, 0) + 1
        self.most_at_once[path] = max(self.most_at_once.get(path, 0), self._open[path])
        try:
            body = await request.read()
            named = {name.lower(): value for name, value in request.headers.items()}
            async with self._arrived:
                self.messages.append(Message(path, named, body))
                self._arrived.notify_all()
            if path in self.held:
                await self._released.wait()
            await asyncio.sleep(self.pause_seconds)
            return web.Response(status=self.by_path.get(path, self.status), headers=self.headers)
        finally:
            self._open[path] -= 1
