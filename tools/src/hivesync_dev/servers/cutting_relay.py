"""What stands between a client and the backend, and can lose an answer on its way back, or hold it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import httpx
from aiohttp import web

from hivesync_dev.servers.scripted import Handler, ScriptedServer
from hivesync_dev.waiting import holds

REFRESH = ("POST", "/api/v1/auth/refresh")
_OWN_HEADERS = {"host", "content-length", "connection", "transfer-encoding", "date", "server"}


@dataclass
class CuttingRelay(ScriptedServer):
    """Passes everything on to `target`. A refresh whose answer gets lost has been done by the backend."""

    target: str = ""
    lose_refresh_answers: int = 0
    hold_refresh_answers: bool = False
    holding: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    """The port from which a refresh came whose answer is held, for as long as its sender lives."""

    async def __aenter__(self) -> CuttingRelay:
        self._backend = httpx.AsyncClient(base_url=self.target, trust_env=False, timeout=60)
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        await self._backend.aclose()

    def refresh_tokens(self) -> list[str]:
        """Give the tokens that were presented to be renewed, in order."""
        return [request.json()["refresh_token"] for request in self.asked(*REFRESH)]

    def _guard(self, request: web.Request) -> Handler | None:
        return self._forward

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OWN_HEADERS}
        answer = await self._backend.request(
            request.method, request.raw_path, headers=headers, content=await request.read()
        )
        if (request.method, request.path) == REFRESH:
            await self._lose(request)
        passed = {name: value for name, value in answer.headers.items() if name.lower() not in _OWN_HEADERS}
        passed.pop("content-encoding", None)
        return web.Response(status=answer.status_code, headers=passed, body=answer.content)

    async def _lose(self, request: web.Request) -> None:
        transport = request.transport
        if transport is None:
            return
        if self.lose_refresh_answers > 0:
            self.lose_refresh_answers -= 1
            transport.abort()
        if self.hold_refresh_answers:
            self.hold_refresh_answers = False
            self.holding.put_nowait(transport.get_extra_info("peername")[1])
            await holds(transport.is_closing, deadline_seconds=120)
