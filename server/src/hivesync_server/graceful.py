"""An HTTP server that ends without losing a request: streams end first, then requests."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DRAIN_SECONDS = 1.0
"""How long clients that keep a connection get to send the request that they are just writing on it."""

_logger = logging.getLogger(__name__)
_POLL_SECONDS = 0.05

_TICK_SECONDS = 1.0
"""How old the time in the head of an answer may be."""


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
        self._told = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
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

    @property
    def should_exit(self) -> bool:
        """Tell whether the server was told to stop."""
        return self._told.is_set()

    @should_exit.setter
    def should_exit(self, told: bool) -> None:
        if told and self._loop is not None:
            # A handler of signals does not end the loop's wait.
            self._loop.call_soon_threadsafe(self._told.set)
        elif told:
            self._told.set()

    async def main_loop(self) -> None:
        """Serve until told to stop. Uvicorn looks ten times a second; this need not look."""
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), _TICK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no new connection, end the streams, let the open ones finish, then end the rest.

        Uvicorn's own way, which this stands for, begins with closing idle connections and a pause.
        """
        for server in self.servers:
            server.close()
        self._stop_streams()
        await self._drain()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        try:
            await asyncio.wait_for(self._wait_tasks_to_complete(), self.config.timeout_graceful_shutdown)
        except TimeoutError:
            _logger.error("%d requests were still being answered", len(self.server_state.tasks))
            for task in self.server_state.tasks:
                task.cancel("the server's time to stop is over")
        if not self.force_exit:
            await self.lifespan.shutdown()

    async def _drain(self) -> None:
        # Uvicorn closes idle connections at once, also under a request that is just on its way; a client
        # can't tell whether such a request was done.
        self._farewell.leaving = True
        for _ in range(round(DRAIN_SECONDS / _POLL_SECONDS)):
            if not self.server_state.connections or self.force_exit:
                return
            await asyncio.sleep(_POLL_SECONDS)
