"""Limits on what of a request is no body, which uvicorn's parser of choice has none of, and one plain Host.

In production nginx has limits of its own; this is for whoever reaches the port without it.
"""

from __future__ import annotations

import asyncio
import re

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_BYTES = 64 * 1024
"""As h11 has it, which uvicorn takes where httptools is missing."""

HEAD_SECONDS = 30.0
"""From the first byte of a head, or from the opening of a connection, to the end of the head."""

_CHUNKED_BYTE = len(b"1\r\nx\r\n")
_HOST = re.compile(rb"[A-Za-z0-9._:\[\]-]{0,260}")

_LINGER_SECONDS = 1.0
"""What still comes after a refusal is dropped for so long: to close at once would take the answer back."""

_REASONS = {
    400: b"A request names exactly one host (RFC 9112, section 3.2).",
    408: b"The head of the request took too long.",
    431: b"The head of the request is too large.",
}


class BoundedHeads(HttpToolsProtocol):
    """One connection. What is refused here never reaches the application.

    A head, the sizes of chunks and trailers (RFC 9112, section 7.1) could each go on for ever without one
    byte of a body that others could count.
    """

    # Else uvicorn's thirty attributes and these take a dictionary of 1.5 KB for each connection.
    __slots__ = ("_in_head", "_overhead_bytes", "_refused", "_too_slow")

    head_seconds = HEAD_SECONDS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first request, but not for ever."""
        super().connection_made(transport)
        self._in_head, self._overhead_bytes, self._refused = True, 0, 0
        self._too_slow: asyncio.TimerHandle | None = None
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time limit."""
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes and is no body."""
        if self._refused:
            return
        self._overhead_bytes += len(data)
        super().data_received(data)
        if self._refused:
            return
        if self._overhead_bytes > HEAD_BYTES:
            self._refuse(431)
        elif not self._awaits_head():
            self._arrived()
        elif self._too_slow is None:
            self._wait()

    def _awaits_head(self) -> bool:
        # Blank lines before a request line (RFC 9112, section 2.2) begin no head for the parser, and what
        # comes of a body after its answer matters to nobody: neither may hold a connection for ever.
        return self._in_head or self.cycle is None or self.cycle.response_complete

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._in_head, self._overhead_bytes = True, 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, and drop a trailer: it would come among the headers of a request under way."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Pass a good head on, unless one before it was refused: both may have come along together."""
        self._in_head = False
        if self._refused:
            return
        size, hosts = len(self.url), list[bytes]()
        for name, value in self.headers:
            size += len(name) + len(value) + 4  # as in ": " and the end of the line
            if name == b"host":
                hosts.append(value)
        if size > HEAD_BYTES:
            self._refuse(431)
        elif not self._is_clear(hosts):
            self._refuse(400)
        else:
            super().on_headers_complete()

    def _is_clear(self, hosts: list[bytes]) -> bool:
        if not hosts and self.parser.get_http_version() == "1.0":
            return True
        # With a slash in it, what is read of the address would be another path than that of the route.
        return len(hosts) == 1 and _HOST.fullmatch(hosts[0]) is not None

    def on_body(self, body: bytes) -> None:
        """Pass the body of a request on that was not refused. A byte of it may come in a chunk of its own."""
        self._overhead_bytes -= len(body) * _CHUNKED_BYTE
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Likewise."""
        if not self._refused:
            super().on_message_complete()

    def _wait(self) -> None:
        self._too_slow = self.loop.call_later(self.head_seconds, self._refuse, 408)

    def _arrived(self) -> None:
        if self._too_slow is not None:
            self._too_slow.cancel()
            self._too_slow = None

    def _refuse(self, status: int) -> None:
        """Answer and close the connection; while it is still being answered, only close it."""
        self._refused = status
        self._arrived()
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()
            return
        reason = _REASONS[status]
        self.transport.write(
            STATUS_LINE[status]
            + b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
            + b"content-length: %d\r\n\r\n" % len(reason)
            + reason
        )
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)
        self.transport.write_eof()
