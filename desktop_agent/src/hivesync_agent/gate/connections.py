"""All connections of one agent: made for the listening socket, ended in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from hivesync_agent.gate.connection import ClientConnection
from hivesync_agent.gate.request import Request


class ClientConnections:
    """All connections of one agent; makes them for the listening socket and ends them in order."""

    def __init__(self, begin: Callable[[Request], None]) -> None:
        self._begin = begin
        self.open: set[ClientConnection] = set()
        self._none_left = asyncio.Event()

    def __call__(self) -> ClientConnection:
        """Make the protocol object of a new connection."""
        return ClientConnection(self)

    def begin(self, request: Request) -> None:
        """Hand a request to the gate."""
        self._begin(request)

    def closed(self, connection: ClientConnection) -> None:
        """Forget a connection that is gone."""
        self.open.discard(connection)
        if not self.open:
            self._none_left.set()

    async def shutdown(self, drain_seconds: float) -> None:
        """Let requests in flight finish for a while, then end every connection."""
        for connection in list(self.open):
            connection.drain()
        if self.open:
            self._none_left.clear()
            try:
                async with asyncio.timeout(drain_seconds):
                    await self._none_left.wait()
            except TimeoutError:
                for connection in list(self.open):
                    connection.abort()
