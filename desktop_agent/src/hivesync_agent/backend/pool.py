"""Connections to the backend that are kept open, the warmest first. Refuses to lend one that may be dead.

A machine that slept, or a laptop in another network, leaves connections that look open and are not. So age
counts by two clocks: one of them stands still while the machine sleeps, the other does not.
"""

from __future__ import annotations

import time

from hivesync_agent.backend.breaker import Breaker
from hivesync_agent.backend.connection import BackendConnection
from hivesync_agent.backend.dialling import Dialler
from hivesync_agent.backend.failures import AnswerLost, ProxyRefused, UpstreamUnreachable

KEPT = 64
KEEP_ALIVE_SECONDS = 55.0


class Pool:
    """All connections to the backend."""

    def __init__(self, dialler: Dialler, breaker: Breaker, *, answer_seconds: float) -> None:
        self._dialler = dialler
        self._breaker = breaker
        self._answer_seconds = answer_seconds
        self._free: list[BackendConnection] = []
        self._all: set[BackendConnection] = set()

    def take(self) -> BackendConnection | None:
        """Give a connection that is open, as far as can be known without asking; None if there is none."""
        free = self._free
        while free:
            connection = free.pop()
            if connection.usable and not _is_old(connection):
                return connection
            connection.close()
        return None

    async def dial(self, *, probe: bool = False) -> BackendConnection:
        """Give a new connection; raise `UpstreamUnreachable`, at once while the breaker is open.

        `probe`: try even then, since it is for the answer to just that question.
        """
        if not probe:
            self._breaker.check()
        try:
            connection = await self._dialler.dial(self._new)
        except ProxyRefused:
            raise  # the network works; waiting would not change the proxy's mind
        except UpstreamUnreachable:
            self._breaker.failed()
            raise
        self._all.add(connection)
        return connection

    def answered(self) -> None:
        """Note that the backend is there, whatever it said."""
        self._breaker.succeeded()

    def may_repeat(self, connection: BackendConnection, lost: AnswerLost, *, harmless: bool) -> bool:
        """Note that an answer did not come, and tell whether its request may be sent on another connection.

        Only what is idempotent or carries a key (`harmless`), and only when a connection that had served
        before died without a byte of the answer: that is what a restarted backend or a sleep looks like.
        """
        if lost.began or lost.timed_out or not connection.served:
            if not lost.began:
                self._breaker.failed()
            return False
        self._distrust()
        return harmless

    def _distrust(self) -> None:
        # One idle connection turned out to be dead, so the others may be.
        free, self._free = self._free, []
        for connection in free:
            connection.close()

    def close(self) -> None:
        """Close everything, also what is in use."""
        self._distrust()
        for connection in list(self._all):
            connection.abandon()

    def _new(self) -> BackendConnection:
        return BackendConnection(answer_seconds=self._answer_seconds, freed=self._freed, closed=self._closed)

    def _freed(self, connection: BackendConnection) -> None:
        if len(self._free) < KEPT:
            self._free.append(connection)
        else:
            connection.close()

    def _closed(self, connection: BackendConnection) -> None:
        self._all.discard(connection)
        if connection in self._free:
            self._free.remove(connection)


def _is_old(connection: BackendConnection) -> bool:
    awake, wall = connection.free_since
    return time.monotonic() - awake > KEEP_ALIVE_SECONDS or abs(time.time() - wall) > KEEP_ALIVE_SECONDS
