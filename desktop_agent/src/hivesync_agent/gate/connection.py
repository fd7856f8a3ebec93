"""One connection to the agent: its requests are answered one after the other, in the order they came.

Refuses to wait for a client that is silent in the middle of something, and to take more from it than is used.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Protocol, cast

from hivesync_contract.errors import HiveSyncError

from hivesync_agent.gate.delivery import Delivery
from hivesync_agent.gate.parser import RequestParser
from hivesync_agent.gate.request import Request
from hivesync_agent.problems import BadRequest, problem_response
from hivesync_agent.wire.watch import Watch

HEAD_SECONDS = 10.0
"""Longest that a whole head may take."""
BODY_SECONDS = 60.0
"""Longest silence of a client within a body."""
KEEP_ALIVE_SECONDS = 75.0
STRANGER_SECONDS = 10.0
"""Longest idleness of a connection that has never shown the token; a client proves, then asks at once."""
LINGER_SECONDS = 1.0
"""How long what follows a last answer is read and thrown away, so that the client sees the answer and not a
reset (RFC 9112 §9.6)."""

_log = logging.getLogger("hivesync.gate")


class Owner(Protocol):
    """Whom a connection belongs to."""

    def begin(self, request: Request) -> None:
        """Answer a request."""

    def opened(self, connection: ClientConnection) -> None:
        """Note a connection that is there, and still a stranger's."""

    def admitted(self, connection: ClientConnection) -> None:
        """Note that it has shown the token."""

    def closed(self, connection: ClientConnection) -> None:
        """Forget a connection that is gone."""


class ClientConnection(asyncio.Protocol):
    """Takes turns: a request, its answer, the next. The `Line` of its requests."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self._parser = RequestParser(self)
        self._watch = Watch(self._loop, self._too_slow)
        self._incoming: Request | None = None
        """The request whose body is coming; after an upgrade the one that everything belongs to."""
        self._current: Request | None = None
        self._waiting: deque[Request] = deque()
        self._failure: HiveSyncError | None = None
        self._reading_paused = self._writing_paused = self._taking_turns = False
        self._tunnel = self._half_closed = self._closing = self._draining = self._head_watched = False
        self._is_stranger = True

    # --- gate.connections -----------------------------------------------------------------------------

    @property
    def idle_until(self) -> float | None:
        """Give when it would be closed for its idleness, by the loop's clock; None while it is in use."""
        is_used = self._current is not None or self._parser.in_head or self._closing
        return None if is_used else self._watch.due

    def session_ended(self) -> None:
        """Tell whoever answers."""
        if self._current is not None and self._current.exchange is not None:
            self._current.exchange.session_ended()

    def drain(self) -> None:
        """Take no further request; close at once if there is none."""
        self._draining = True
        if self._current is None:
            self._delivery.close()

    def abort(self) -> None:
        """Break the connection off."""
        self._closing = True
        self._transport.abort()

    # --- asyncio.Protocol -----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin as a stranger's."""
        self._transport = cast("asyncio.Transport", transport)
        self._delivery = Delivery(self._loop, self._transport)
        self._watch.set(STRANGER_SECONDS)
        self._owner.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever answers that nobody waits any more."""
        self._watch.stop()
        self._delivery.stop()
        self._closing = True
        self._owner.closed(self)
        self._leave()

    def data_received(self, data: bytes) -> None:
        """Parse what came; what it contains is begun meanwhile."""
        if self._closing:
            return
        if self._tunnel and self._incoming is not None:
            self._incoming.feed(data)
            return
        try:
            rest = self._parser.feed(data)
        except HiveSyncError as error:
            if not self._closing:  # what follows a last answer may be anything
                self._fail(error)
        else:
            if rest is not None:
                self._upgrade(rest)
        self._watch_client()

    def eof_received(self) -> bool:
        """A client that closes has left, except that a tunnel's may still listen."""
        if self._tunnel and self._incoming is not None and not self._incoming.body_complete:
            self._incoming.feed_end()
            return not self._half_closed
        return False

    def pause_writing(self) -> None:
        """Pass the client's pressure on to whoever answers."""
        self._writing_paused = True
        self._delivery.press()
        if self._current is not None and self._current.exchange is not None:
            self._current.exchange.pause_answering()

    def resume_writing(self) -> None:
        """Let the answer go on, or the next one begin."""
        self._writing_paused = False
        self._delivery.relax()
        if self._current is None:
            self._take_turns()
        elif self._current.exchange is not None:
            self._current.exchange.resume_answering()

    # --- gate.parser.Reader ---------------------------------------------------------------------------

    def request_came(self, request: Request) -> None:
        """Begin the request, or let it wait for its turn."""
        if self._closing:
            return
        self._incoming = request
        if self._current is None and not self._waiting and not self._writing_paused:
            self._begin(request)
        else:
            self._waiting.append(request)
            self.reading_changed()

    def body_came(self, data: bytes) -> None:
        """Hand a part of the body over."""
        if self._incoming is not None and not self._closing:
            self._incoming.feed(data)

    def body_ended(self) -> None:
        """End the body."""
        request = self._incoming
        if request is None or self._closing or request.upgrade:
            return
        self._incoming = None
        if not request.body_complete:
            request.feed_end()
        if self._reading_paused:
            self.reading_changed()  # what is held may never be taken, and the next request comes all the same

    # --- gate.request.Line ----------------------------------------------------------------------------

    def admitted(self) -> None:
        """Its client has shown the token."""
        if self._is_stranger:
            self._is_stranger = False
            self._owner.admitted(self)

    def write(self, data: bytes) -> None:
        """Send bytes of the current answer."""
        self._delivery.write(data)

    def half_close(self) -> None:
        """Send no more, in a tunnel; close if the client has ended, too."""
        if self._incoming is None or self._incoming.body_complete:
            self._delivery.close()
        else:
            self._half_closed = True
            self._delivery.end()

    def finished(self, request: Request, *, close: bool) -> None:
        """Go on to the next request, or end the connection gently."""
        if self._closing or request is not self._current:
            return
        self._current = None
        if close or self._draining:
            self._close_gently()
        else:
            self._take_turns()

    def reading_changed(self) -> None:
        """Read on, or stop: not more is taken from a client than is used."""
        incoming = self._incoming
        wanted = self._closing or (not self._waiting and (incoming is None or incoming.wants_body))
        if wanted and self._reading_paused:
            self._reading_paused = False
            self._transport.resume_reading()
            self._watch_client()
        elif not wanted and not self._reading_paused:
            self._reading_paused = True
            self._transport.pause_reading()
            self._watch.clear()

    # --- turns ----------------------------------------------------------------------------------------

    def _begin(self, request: Request) -> None:
        self._current = request
        self._owner.begin(request)
        if self._writing_paused and request.exchange is not None:
            request.exchange.pause_answering()

    def _take_turns(self) -> None:
        """Begin what waits. Many may be answered at once: in a loop, since each calls `finished` from within,
        and only while the client takes the answers.
        """
        if self._taking_turns:
            return
        self._taking_turns = True
        while self._waiting and self._current is None and not (self._closing or self._writing_paused):
            self._begin(self._waiting.popleft())
            self.reading_changed()
        self._taking_turns = False
        if self._closing or self._waiting:
            return
        if self._failure is not None:
            self._fail(self._failure)
        else:
            self._watch_client()

    def _upgrade(self, rest: bytes) -> None:
        request = self._incoming
        if request is None or self._closing:
            return  # refused by the gate
        self._tunnel = True
        self._watch.clear()  # a tunnel's silence is for the backend's side to judge
        if rest:
            request.feed(rest)

    # --- the end --------------------------------------------------------------------------------------

    def _fail(self, error: HiveSyncError) -> None:
        """Refuse what can't be parsed, after the answers to what came before it."""
        self._failure = error
        broken = self._current
        if self._waiting or (broken is not None and broken is not self._incoming):
            return  # told when its turn comes
        if broken is not None:
            self._leave()
            if broken.begun:
                self.abort()
                return
        # Not for the log of every day: who may not even read it could fill it.
        _log.debug("request refused by the parser", extra={"status": error.status})
        self._delivery.write(problem_response(error).as_bytes(close=True))
        self._close_gently()

    def _close_gently(self) -> None:
        self._closing = True
        self._leave()
        self.reading_changed()
        if self._transport.can_write_eof():
            self._delivery.end()
            self._watch.set(LINGER_SECONDS)
        else:
            self._delivery.close()

    def _leave(self) -> None:
        current, self._current = self._current, None
        self._waiting.clear()
        self._incoming = None
        if current is not None and current.exchange is not None:
            current.exchange.client_left()

    def _watch_client(self) -> None:
        """Choose how long the client may be silent now."""
        if self._closing or self._reading_paused or self._tunnel:
            return
        if self._current is not None:
            if self._incoming is self._current:
                self._watch.set(BODY_SECONDS)
            else:
                self._watch.clear()
        elif not self._parser.in_head:
            self._head_watched = False
            self._watch.set(STRANGER_SECONDS if self._is_stranger else KEEP_ALIVE_SECONDS)
        elif not self._head_watched:
            self._head_watched = True
            self._watch.set(HEAD_SECONDS)  # for the whole head: it is not moved by each byte

    def _too_slow(self) -> None:
        if self._closing or (self._current is None and not self._parser.in_head):
            self._delivery.close()
        elif self._current is None:
            self._fail(BadRequest("The head of the request came too slowly.", status=408))
        else:
            self._fail(BadRequest("The body came too slowly.", status=408))
