"""Routes that send, take and withhold bytes: for tests of streaming, cancelling and breaking off."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from dataclasses import dataclass, field

from aiohttp import web

from hivesync_dev.servers.json_answers import json_answer

_BLOCK = bytes(range(256)) * 256
GZIPPED = gzip.compress(b"compressed by the backend", mtime=0)


@dataclass(slots=True)
class FakeStreams:
    """Everything under `/api/v1/streams/`. The counters tell what has happened here."""

    sent_bytes: int = 0
    received_bytes: int = 0
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a request has arrived at `hang`, `drip` or `later`."""
    release: asyncio.Event = field(default_factory=asyncio.Event)
    """Lets `later` answer."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the client of `hang`, `drip` or `download` has gone away."""

    def routes(self) -> list[web.RouteDef]:
        """Give the route table."""
        prefix = "/api/v1/streams"
        return [
            web.get(f"{prefix}/download", self._download),
            web.route("*", f"{prefix}/upload", self._upload),
            web.get(f"{prefix}/hang", self._hang),
            web.get(f"{prefix}/drip", self._drip),
            web.get(f"{prefix}/later", self._later),
            web.get(f"{prefix}/truncated", self._truncated),
            web.get(f"{prefix}/gzip", self._gzip),
        ]

    async def _download(self, request: web.Request) -> web.StreamResponse:
        size = int(request.query["bytes"])
        response = web.StreamResponse()
        if request.query.get("chunked") != "1":
            response.content_length = size
        await response.prepare(request)
        try:
            while size > 0:
                await response.write(_BLOCK[:size])
                self.sent_bytes += min(size, len(_BLOCK))
                size -= len(_BLOCK)
        except (ConnectionError, asyncio.CancelledError):
            self.left.set()
            raise
        return response

    async def _upload(self, request: web.Request) -> web.Response:
        digest = hashlib.sha256()
        async for chunk in request.content.iter_any():
            digest.update(chunk)
            self.received_bytes += len(chunk)
        return json_answer(
            {
                "sha256": digest.hexdigest(),
                "chunked": request.headers.get("Transfer-Encoding"),
                "length": request.headers.get("Content-Length"),
            }
        )

    async def _hang(self, request: web.Request) -> web.Response:
        self.waiting.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()
        raise AssertionError("unreachable")

    async def _later(self, request: web.Request) -> web.Response:
        self.waiting.set()
        await self.release.wait()
        return json_answer({"done": True})

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        self.waiting.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()
        return response

    async def _truncated(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 1_000_000
        await response.prepare(request)
        await response.write(_BLOCK)
        if request.transport is not None:
            request.transport.close()
        return response

    async def _gzip(self, request: web.Request) -> web.Response:
        return web.Response(body=GZIPPED, headers={"Content-Encoding": "gzip", "Content-Type": "text/plain"})
