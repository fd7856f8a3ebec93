"""All connections of one agent: made for the listening socket, limited, ended in order.

Any user of the machine can connect. So a connection is a stranger's until it has shown the token, and where
there are too many, strangers go first: the one that has been one for the longest time. An editor is one for
milliseconds.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from hivesync_agent.gate.connection import ClientConnection
from hivesync_agent.gate.request import Request

MAX_CONNECTIONS = 512
"""More than every editor of a machine opens; a bound on what a runaway plugin can make us hold."""
MAX_STRANGERS = 128
"""More than ever are between connecting and their first request."""
TELL_SECONDS = 60.0
"""At most so often the log says that there are too many: strangers must not be able to fill it."""

_log = logging.getLogger("hivesync.gate")


class ClientConnections:
    """All connections of one agent; makes them for the listening socket and ends them in order."""

    def __init__(self, begin: Callable[[Request], None]) -> None:
        self._begin = begin
        self._open: set[ClientConnection] = set()
        self._strangers: dict[ClientConnection, None] = {}
        """In the order in which they came."""
        self._none_left = asyncio.Event()
        self._told_at = float("-inf")

    def __call__(self) -> ClientConnection:
        """Make the protocol object of a new connection."""
        return ClientConnection(self)

    def begin(self, request: Request) -> None:
        """Hand a request to the gate."""
        self._begin(request)

    def opened(self, connection: ClientConnection) -> None:
        """Take a connection; if there are too many now, end the one that is missed least."""
        self._open.add(connection)
        self._strangers[connection] = None
        if len(self._strangers) > MAX_STRANGERS or len(self._open) > MAX_CONNECTIONS:
            superfluous = self._least_missed()
            self._strangers.pop(superfluous, None)
            superfluous.abort()
            self._tell()

    def admitted(self, connection: ClientConnection) -> None:
        """Note that a connection has shown the token."""
        self._strangers.pop(connection, None)

    def closed(self, connection: ClientConnection) -> None:
        """Forget a connection that is gone."""
        self._open.discard(connection)
        self._strangers.pop(connection, None)
        if not self._open:
            self._none_left.set()

    def session_ended(self) -> None:
        """Tell whoever answers that nobody is signed in any more, or somebody else."""
        for connection in list(self._open):
            connection.session_ended()

    async def shutdown(self, drain_seconds: float) -> None:
        """Let requests in flight finish for a while, then end every connection."""
        for connection in list(self._open):
            connection.drain()
        if self._open:
            self._none_left.clear()
            try:
                async with asyncio.timeout(drain_seconds):
                    await self._none_left.wait()
            except TimeoutError:
                for connection in list(self._open):
                    connection.abort()

    def _least_missed(self) -> ClientConnection:
        """Give the oldest stranger; else who has been idle for the longest time, which its client expects at
        any time (RFC 9112 §9.3); else the newcomer, since all others are being served.
        """
        oldest = next(iter(self._strangers))
        if len(self._strangers) > 1:
            return oldest
        idle = {
            each: until for each in self._open if (until := each.idle_until) is not None and each != oldest
        }
        return min(idle, key=idle.__getitem__, default=oldest)

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told_at > TELL_SECONDS:
            self._told_at = now
            _log.warning("too many connections", extra={"open": len(self._open)})
