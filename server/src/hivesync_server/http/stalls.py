"""Connections whose peer has stopped reading are given up, with what they hold.

While a peer reads nothing, what waits for it stays in memory, and the request that sends it stays open: some
128 KB for each stream of events, for as long as the peer likes. One that reads slowly is left in peace.
"""

from __future__ import annotations

import asyncio

from hivesync_server.http.heads import BoundedHeads

STALLED_SECONDS = 60.0
"""So long a peer may read nothing of what waits for it."""


class UnstalledConnection(BoundedHeads):
    """One connection. Uvicorn hears of its end as of any other that broke."""

    __slots__ = ("_watching",)

    stalled_seconds = STALLED_SECONDS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Watch nothing yet."""
        self._watching: asyncio.TimerHandle | None = None
        super().connection_made(transport)

    def pause_writing(self) -> None:
        """Begin to watch: more waits than the transport likes to hold."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """End watching: the peer has read most of it."""
        self._look_away()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """End watching."""
        self._look_away()
        super().connection_lost(exc)

    def _watch(self) -> None:
        waiting = self.transport.get_write_buffer_size()
        self._watching = self.loop.call_later(self.stalled_seconds, self._judge, waiting)

    def _judge(self, waited: int) -> None:
        # Nothing was added meanwhile, since whoever writes is paused: less than before has been read.
        if self.transport.get_write_buffer_size() < waited:
            self._watch()
        else:
            self.transport.abort()

    def _look_away(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
