"""One connection to the agent: bytes in, requests out, in order. Refuses slow, huge and malformed heads.

llhttp does the parsing, in its strict mode: a bare LF, whitespace before a colon, a folded line, two lengths,
a length beside chunks and all their kin end the connection with 400. Nothing that was sent, so possibly a
token, reaches an answer or the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Protocol, cast

import httptools
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.gate.request import Request, response_bytes
from hivesync_agent.gate.rules import read_head
from hivesync_agent.problems import BadRequest, TooLarge, problem_response
from hivesync_agent.wire.messages import HEAD_BYTES, WRITE_BYTES, RawHeader
from hivesync_agent.wire.watch import Watch

HEAD_SECONDS = 10.0
KEEP_ALIVE_SECONDS = 75.0
BODY_SECONDS = 60.0
"""Longest silence of a client within a body."""
LINGER_SECONDS = 1.0
"""How long what follows a last answer is read and thrown away, so that the client sees the answer and not a
reset (RFC 9112 §9.6)."""
MAX_CONNECTIONS = 512
"""More than every editor of a machine opens; a bound on what a runaway plugin can make us hold."""
MAX_HEADERS = 64
LINE_BYTES = 8190

_log = logging.getLogger("hivesync.gate")


class Owner(Protocol):
    """Whom a connection belongs to."""

    open: set[ClientConnection]

    def begin(self, request: Request) -> None:
        """Answer a request."""

    def closed(self, connection: ClientConnection) -> None:
        """Forget a connection that is gone."""


class ClientConnection(asyncio.Protocol):
    """Parses what a client sends, and answers one request after the other."""

    def __init__(self, connections: Owner) -> None:
        self._connections = connections
        self._parser = httptools.HttpRequestParser(self)
        self._watch = Watch(asyncio.get_running_loop(), self._too_slow)
        self._url = b""
        self._headers: list[RawHeader] = []
        self._in_head = False
        self._incoming: Request | None = None
        """The request whose body is coming; after an upgrade the one that everything belongs to."""
        self._current: Request | None = None
        self._waiting: deque[Request] = deque()
        self._failure: HiveSyncError | None = None
        self._unproductive_bytes = 0
        self._reading_paused = self._writing_paused = False
        self._tunnel = self._half_closed = self._closing = self._draining = self._head_watched = False

    # --- asyncio.Protocol -----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection unless there are too many."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(WRITE_BYTES)
        self._connections.open.add(self)
        if len(self._connections.open) > MAX_CONNECTIONS:
            _log.warning("too many connections")
            self.abort()
        self._watch.set(KEEP_ALIVE_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever answers that nobody waits any more."""
        self._watch.stop()
        self._closing = True
        self._connections.closed(self)
        self._leave()

    def data_received(self, data: bytes) -> None:
        """Parse what came; what it contains is begun meanwhile."""
        if self._closing:
            return
        if self._tunnel and self._incoming is not None:
            self._incoming.feed(data)
            return
        self._unproductive_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[cast("int", upgrade.args[0]) :])
        except httptools.HttpParserError:
            if self._closing:
                return  # what follows a last answer may be anything
            self._fail(self._failure or BadRequest("The request is not well-formed HTTP/1.1."))
        else:
            if self._unproductive_bytes > HEAD_BYTES:
                self._fail(TooLarge("The head of the request is too large.", status=431))
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
        if self._current is not None and self._current.exchange is not None:
            self._current.exchange.pause_answering()

    def resume_writing(self) -> None:
        """Let the answer go on."""
        self._writing_paused = False
        if self._current is not None and self._current.exchange is not None:
            self._current.exchange.resume_answering()

    # --- httptools ------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """A request line begins."""
        self._url = b""
        self._headers = []
        self._in_head = True

    def on_url(self, url: bytes) -> None:
        """Take the target, or a part of it."""
        self._url += url
        if len(self._url) > LINE_BYTES:
            self._refuse_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. Trailers are dropped: nothing in our API needs one (RFC 9110 §6.5.1)."""
        if self._in_head:
            self._headers.append((name, value))
            if len(name) + len(value) > LINE_BYTES or len(self._headers) > MAX_HEADERS:
                self._refuse_head()

    def on_headers_complete(self) -> None:
        """Begin the request, or let it wait for its turn."""
        self._in_head = False
        if self._closing:
            return
        parser = self._parser
        request = Request(
            self,
            method=parser.get_method().decode("ascii"),
            target=self._url.decode("latin-1"),
            version=parser.get_http_version(),
            head=read_head(self._headers),
            keep_alive=parser.should_keep_alive(),
            upgrade=parser.should_upgrade(),
        )
        self._incoming = request
        if self._current is None and not self._waiting:
            self._begin(request)
        else:
            self._waiting.append(request)
            self.reading_changed()

    def on_body(self, data: bytes) -> None:
        """Hand a part of the body over."""
        self._unproductive_bytes = 0
        if self._incoming is not None and not self._closing:
            self._incoming.feed(data)

    def on_message_complete(self) -> None:
        """End the body."""
        self._unproductive_bytes = 0
        request = self._incoming
        if request is None or self._closing:
            return
        if not request.upgrade:
            self._incoming = None
            if not request.body_complete:
                request.feed_end()

    # --- gate.request.Line ----------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send bytes of the current answer."""
        self._transport.write(data)

    def half_close(self) -> None:
        """Send no more, in a tunnel; close if the client has ended, too."""
        if self._incoming is None or self._incoming.body_complete:
            self._transport.close()
        else:
            self._half_closed = True
            self._transport.write_eof()

    def abort(self) -> None:
        """Break the connection off."""
        self._closing = True
        self._transport.abort()

    def finished(self, request: Request, *, close: bool) -> None:
        """Go on to the next request, or end the connection gently."""
        if self._closing or request is not self._current:
            return
        self._current = None
        if close or self._draining:
            self._close_gently()
        elif self._waiting:
            self._begin(self._waiting.popleft())
            self.reading_changed()
        elif self._failure is not None:
            self._fail(self._failure)
        else:
            self._watch_client()

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

    def drain(self) -> None:
        """Take no further request; close at once if there is none."""
        self._draining = True
        if self._current is None:
            self._transport.close()

    # --- inside ---------------------------------------------------------------------------------------

    def _begin(self, request: Request) -> None:
        self._current = request
        self._connections.begin(request)
        if self._writing_paused and request.exchange is not None:
            request.exchange.pause_answering()

    def _refuse_head(self) -> None:
        self._failure = TooLarge("The head of the request is too large.", status=431)
        raise httptools.HttpParserError

    def _fail(self, error: HiveSyncError) -> None:
        """Refuse what can't be parsed, after the answers to what came before it."""
        self._failure = error
        broken = self._current
        if broken is not None and broken is not self._incoming:
            return  # told when its turn comes
        if broken is not None:
            self._leave()
            if broken.begun:
                self.abort()
                return
        _log.info("request refused by the parser", extra={"status": error.status})
        self._transport.write(response_bytes(problem_response(error), close=True))
        self._close_gently()

    def _upgrade(self, rest: bytes) -> None:
        request = self._incoming
        if request is None or self._closing:
            return  # refused by the gate
        self._tunnel = True
        self._watch.clear()  # a tunnel's silence is for the backend's side to judge
        if rest:
            request.feed(rest)

    def _close_gently(self) -> None:
        self._closing = True
        self._leave()
        self.reading_changed()
        if self._transport.can_write_eof():
            self._transport.write_eof()
            self._watch.set(LINGER_SECONDS)
        else:
            self._transport.close()

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
        elif not self._in_head:
            self._head_watched = False
            self._watch.set(KEEP_ALIVE_SECONDS)
        elif not self._head_watched:
            self._head_watched = True
            self._watch.set(HEAD_SECONDS)  # for the whole head: it is not moved by each byte

    def _too_slow(self) -> None:
        if self._closing or (self._current is None and not self._in_head):
            self._transport.close()
        elif self._current is None:
            self._fail(BadRequest("The head of the request came too slowly.", status=408))
        else:
            self._fail(BadRequest("The body came too slowly.", status=408))
