"""One connection to the backend: a request out, its answer back, then the next. Refuses to guess.

An answer that llhttp does not accept, or bytes that nobody asked for, end the connection: a later request
must never get what belongs to an earlier one (response splitting, CWE-113).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import cast

from hivesync_agent.backend.failures import AnswerLost
from hivesync_agent.backend.parser import AnswerParser, Found
from hivesync_agent.backend.taker import AnswerTaker
from hivesync_agent.wire.messages import LAST_CHUNK, WRITE_BYTES, chunk
from hivesync_agent.wire.watch import Watch

TUNNEL_SECONDS = 300.0
"""Longest silence of a WebSocket, in both directions; every server pings more often."""


class BackendConnection(asyncio.Protocol):
    """A socket to the backend. `freed` is told when it may serve again, `closed` when it is gone."""

    def __init__(
        self,
        *,
        answer_seconds: float,
        freed: Callable[[BackendConnection], None],
        closed: Callable[[BackendConnection], None],
    ) -> None:
        self._answer_seconds = answer_seconds
        self._freed = freed
        self._closed = closed
        self._taker: AnswerTaker | None = None
        self._parser = AnswerParser()
        self._sent_all = self._chunked = self._tunnel = False
        self._reading_paused = self._writing_paused = self._half_closed = self._peer_ended = False
        self._watch = Watch(asyncio.get_running_loop(), self._too_silent)
        self.served = 0
        """Requests before the one at hand: a connection that has served may have died unnoticed."""
        self.free_since = (0.0, 0.0)

    # --- used by whoever asks -------------------------------------------------------------------------

    def ask(
        self,
        request: bytes,
        taker: AnswerTaker,
        *,
        head_only: bool,
        body_follows: bool = False,
        chunked: bool = False,
    ) -> None:
        """Send a request's head, maybe with its whole body; `head_only`: the answer will have no body."""
        self._taker = taker
        self._parser.expect(taker, head_only=head_only)
        self._sent_all = not body_follows
        self._chunked = chunked
        self._watch.set(self._answer_seconds)
        self._transport.write(request)

    def send_body(self, data: bytes) -> None:
        """Send a part of the request's body, or of what a tunnel carries."""
        self._watch.set(TUNNEL_SECONDS if self._tunnel else self._answer_seconds)
        self._transport.write(chunk(data) if self._chunked else data)

    def end_body(self) -> None:
        """The request is complete. From here on the backend has to answer."""
        self._sent_all = True
        self._watch.set(self._answer_seconds)
        if self._chunked:
            self._transport.write(LAST_CHUNK)

    def abandon(self) -> None:
        """Nobody wants the answer any more: end the request by ending its connection."""
        self._let_go()
        self._transport.abort()

    def half_close(self) -> None:
        """Tell the backend that a tunnel's client sends no more."""
        self._half_closed = True
        if self._peer_ended:
            self._transport.close()
        elif self._transport.can_write_eof():
            self._transport.write_eof()

    def pause(self) -> None:
        """Take no more of the answer for now."""
        if not self._reading_paused:
            self._reading_paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        """Take more of the answer again."""
        if self._reading_paused:
            self._reading_paused = False
            self._watch.set(self._answer_seconds)
            self._transport.resume_reading()

    def close(self) -> None:
        """Close an idle connection."""
        self._transport.close()

    @property
    def usable(self) -> bool:
        """Tell whether it can serve a request now, as far as this end knows."""
        return self._taker is None and not self._transport.is_closing()

    # --- asyncio.Protocol -----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; after a proxy's CONNECT this is called once more, with the encrypted transport."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(WRITE_BYTES)

    def data_received(self, data: bytes) -> None:
        """Parse what came and hand it over."""
        taker = self._taker
        if taker is None:
            # Nobody asked. What came could only be taken for the answer to the next request.
            self._transport.abort()
        elif self._tunnel:
            self._watch.set(TUNNEL_SECONDS)
            taker.body_came(data)
        else:
            self._watch.set(self._answer_seconds)
            self._go_on(self._parser.feed(data))

    def _go_on(self, found: Found) -> None:
        if found is Found.PART:
            if self._taker is not None:
                self._taker.nothing_more_now()
        elif found is Found.WHOLE or found is Found.LAST:
            self._complete(keep_alive=found is Found.WHOLE)
        elif found is Found.SWITCHED:
            self._switch(self._parser.rest)
        else:
            self._lose(AnswerLost(began=self._parser.head is not None, malformed=True))

    def eof_received(self) -> bool:
        """The backend sends no more; in a tunnel its client may still send."""
        if self._tunnel and self._taker is not None:
            self._peer_ended = True
            self._taker.body_ended()
            return not self._half_closed
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """End the answer: by its framing it may be complete, usually it is not."""
        self._watch.stop()
        self._closed(self)
        taker = self._let_go()
        if taker is None:
            return
        if exc is None and self._parser.ends_with_connection:
            taker.body_ended()
        else:
            taker.answer_lost(AnswerLost(began=self._parser.began))

    def pause_writing(self) -> None:
        """Pass the backend's pressure on to whoever sends."""
        self._writing_paused = True
        if self._taker is not None:
            self._taker.pause_sending()

    def resume_writing(self) -> None:
        """Let more be sent."""
        self._writing_paused = False
        self._watch.set(self._answer_seconds)
        if self._taker is not None:
            self._taker.resume_sending()

    # --- inside ---------------------------------------------------------------------------------------

    def _complete(self, *, keep_alive: bool) -> None:
        taker = self._let_go()
        self.resume()
        self._watch.clear()
        # An answer that came before its request had ended leaves a rest that would begin the next request.
        if keep_alive and self._sent_all and not self._transport.is_closing():
            self.served += 1
            self.free_since = (time.monotonic(), time.time())
            self._freed(self)
        else:
            self._transport.close()
        if taker is not None:
            taker.body_ended()

    def _switch(self, rest: bytes) -> None:
        self._tunnel = True
        self._watch.set(TUNNEL_SECONDS)
        if rest and self._taker is not None:
            self._taker.body_came(rest)

    def _lose(self, lost: AnswerLost) -> None:
        taker = self._let_go()
        self._transport.abort()
        if taker is not None:
            taker.answer_lost(lost)

    def _too_silent(self) -> None:
        if self._taker is None:
            self._transport.close()
        elif self._tunnel:
            self._lose(AnswerLost(began=True, timed_out=True))
        elif self._reading_paused or (not self._sent_all and not self._writing_paused):
            self._watch.set(self._answer_seconds)  # it is the client that we wait for
        else:
            self._lose(AnswerLost(began=self._parser.head is not None, timed_out=True))

    def _let_go(self) -> AnswerTaker | None:
        taker, self._taker = self._taker, None
        self._parser.forget_taker()
        return taker
