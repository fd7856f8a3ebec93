"""Requests as llhttp reads them: heads of a bounded size, bodies as they come. Answers nobody.

llhttp is used in its strict mode: a bare LF, whitespace before a colon, a folded line, two lengths, a length
beside chunks and all their kin are refused. Nothing that was sent, so possibly a token, is in a refusal.
A body whose length is known passes around llhttp, which could only copy it: its bytes are counted instead.
"""

from __future__ import annotations

from typing import Protocol, cast

import httptools
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.gate.request import Line, Request
from hivesync_agent.gate.rules import read_head
from hivesync_agent.problems import BadRequest, TooLarge
from hivesync_agent.wire.messages import HEAD_BYTES, RawHeader

MAX_HEADERS = 64
LINE_BYTES = 8190


class Reader(Line, Protocol):
    """A connection as its parser sees it: told of everything in the order in which it was sent."""

    def request_came(self, request: Request) -> None:
        """Take a request whose head is complete."""

    def body_came(self, data: bytes) -> None:
        """Take a part of the body of the request that came last."""

    def body_ended(self) -> None:
        """The request that came last is complete."""


class RequestParser:
    """Feeds one connection's bytes to llhttp and tells the connection what they mean."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._llhttp = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: list[RawHeader] = []
        self._refusal: HiveSyncError | None = None
        self._unproductive_bytes = 0
        self._left = 0
        """Bytes that are still to come of a body whose length is known, unless it is the last request's."""
        self.in_head = False
        """A head has begun and is not complete."""

    def feed(self, data: bytes) -> bytes | None:
        """Parse bytes; raise `BadRequest` or `TooLarge`, after which nothing more can be parsed.

        Gives None, or behind the head of an upgrade the bytes that are no HTTP any more.
        """
        if self._left:
            data = self._count(data)
            if not data:
                return None
        self._unproductive_bytes += len(data)
        try:
            self._llhttp.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return data[cast("int", upgrade.args[0]) :]
        except httptools.HttpParserError:
            raise self._refusal or BadRequest("The request is not well-formed HTTP/1.1.") from None
        if self._unproductive_bytes > HEAD_BYTES:
            raise _too_large()
        return None

    def _count(self, data: bytes) -> bytes:
        """Hand on what belongs to the body, and give what lies behind it."""
        body = data[: self._left]
        self._left -= len(body)
        self._reader.body_came(body)
        if not self._left:
            # llhttp still waits for this body, so the next request gets a fresh one.
            self._llhttp = httptools.HttpRequestParser(self)
            self._reader.body_ended()
        return data[len(body) :]

    # --- httptools ------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """A request line begins."""
        self._url = b""
        self._headers = []
        self.in_head = True

    def on_url(self, url: bytes) -> None:
        """Take the target, or a part of it."""
        self._url += url
        if len(self._url) > LINE_BYTES:
            self._refuse()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. Trailers are dropped: nothing in our API needs one (RFC 9110 §6.5.1)."""
        if self.in_head:
            self._headers.append((name, value))
            if len(name) + len(value) > LINE_BYTES or len(self._headers) > MAX_HEADERS:
                self._refuse()

    def on_headers_complete(self) -> None:
        """Hand the request over; its body is still to come."""
        self.in_head = False
        llhttp = self._llhttp
        request = Request(
            self._reader,
            method=llhttp.get_method().decode("ascii"),
            target=self._url.decode("latin-1"),
            version=llhttp.get_http_version(),
            head=read_head(self._headers),
            keep_alive=llhttp.should_keep_alive(),
            upgrade=llhttp.should_upgrade(),
        )
        if request.keep_alive and not request.upgrade:
            # Behind a last request llhttp itself refuses what follows.
            self._left = request.head.length or 0
        self._reader.request_came(request)

    def on_body(self, data: bytes) -> None:
        """Hand a part of the body over."""
        self._unproductive_bytes = 0
        if self._left:
            self._left -= len(data)
        self._reader.body_came(data)

    def on_message_complete(self) -> None:
        """End the body."""
        self._unproductive_bytes = 0
        self._reader.body_ended()

    def _refuse(self) -> None:
        self._refusal = _too_large()
        raise httptools.HttpParserError


def _too_large() -> TooLarge:
    return TooLarge("The head of the request is too large.", status=431)
