"""An HTTP server that ends without losing a request: streams end first, then requests."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DRAIN_SECONDS = 1.0
"""How long clients that keep a connection get to send the request that they are just writing on it."""

_POLL_SECONDS = 0.05


@dataclass(slots=True)
class Farewell:
    """ASGI middleware. Once `leaving`, every answer tells the client to take another connection next time."""

    app: ASGIApp
    leaving: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_farewell(message: Message) -> None:
            if self.leaving and message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self.app(scope, receive, send_with_farewell)


class GracefulServer(uvicorn.Server):
    """Uvicorn waits for open connections; a stream of events would keep it waiting for ever."""

    def __init__(
        self,
        config: uvicorn.Config,
        farewell: Farewell,
        stop_streams: Callable[[], None],
        announce: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._farewell = farewell
        self._stop_streams = stop_streams
        self._announce = announce

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM, and exit 0: uvicorn's own way raises the signal again at the end."""
        before = {
            number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell who waits for it."""
        await super().startup(sockets)
        if self.started:
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no new connection, end the streams, let the open ones finish, then end the rest."""
        for server in self.servers:
            server.close()
        self._stop_streams()
        await self._drain()
        await super().shutdown(sockets)

    async def _drain(self) -> None:
        # Uvicorn closes idle connections at once, also under a request that is just on its way; a client
        # can't tell whether such a request was done.
        self._farewell.leaving = True
        for _ in range(round(DRAIN_SECONDS / _POLL_SECONDS)):
            if not self.server_state.connections or self.force_exit:
                return
            await asyncio.sleep(_POLL_SECONDS)
