"""Answers out of the bytes of a connection, one after the other. Refuses to guess where llhttp refuses.

A body whose length is known passes around llhttp, which could only copy it: its bytes are counted instead.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import cast

import httptools

from hivesync_agent.backend.taker import AnswerTaker
from hivesync_agent.wire.messages import HEAD_BYTES, AnswerHead, RawHeader, by_name

_SWITCHING = 101


class Found(Enum):
    """What the bytes so far amount to."""

    PART = auto()
    """More is to come."""
    WHOLE = auto()
    """The answer is complete, and its connection may serve again."""
    LAST = auto()
    """The answer is complete, and nothing that follows it can be trusted."""
    SWITCHED = auto()
    """The head of a 101; what follows, `rest` first, is no HTTP any more."""
    MALFORMED = auto()


class AnswerParser:
    """Reads the answers of one connection, and hands each to the taker that expects it."""

    __slots__ = (
        "_fed_without_body",
        "_head_only",
        "_headers",
        "_keep_alive",
        "_left",
        "_llhttp",
        "_reason",
        "_taker",
        "began",
        "head",
        "rest",
    )

    def __init__(self) -> None:
        self._llhttp: httptools.HttpResponseParser | None = None
        self._taker: AnswerTaker | None = None
        self._headers: list[RawHeader] = []
        self._reason = b""
        self._head_only = False
        self._keep_alive: bool | None = None
        """Known as soon as an answer is complete: whether the connection may serve again."""
        self._left = 0
        """Bytes that are still to come of a body whose length is known."""
        self._fed_without_body = 0
        self.head: AnswerHead | None = None
        self.began = False
        """Something of the answer has come."""
        self.rest = b""

    def expect(self, taker: AnswerTaker, *, head_only: bool) -> None:
        """Begin the next answer; `head_only`: it has no body, whatever its head says (RFC 9110 §9.3.2)."""
        self._taker = taker
        self._head_only = head_only
        self.head = self._keep_alive = None
        self.began = False
        self._left = self._fed_without_body = 0
        if self._llhttp is None:
            self._llhttp = httptools.HttpResponseParser(self)

    def forget_taker(self) -> None:
        """Hand nothing over any more."""
        self._taker = None

    @property
    def ends_with_connection(self) -> bool:
        """Tell whether only the end of the connection ends the body (RFC 9112 §6.3)."""
        head = self.head
        return head is not None and head.has_body and head.length is None and not _is_chunked(head)

    def feed(self, data: bytes) -> Found:
        """Hand over what came, and tell what it amounts to."""
        self.began = True
        if self._left:
            return self._count(data)
        llhttp = self._llhttp
        if llhttp is None:
            return Found.MALFORMED
        self._fed_without_body += len(data)
        try:
            llhttp.feed_data(data)
            if self._fed_without_body > HEAD_BYTES or self._switched_unasked:
                raise httptools.HttpParserError
        except httptools.HttpParserUpgrade as upgrade:
            self.rest = data[cast("int", upgrade.args[0]) :]
            self._llhttp = None
            return Found.SWITCHED
        except httptools.HttpParserError:
            # Whole, and then something that nobody asked for; or no answer at all.
            return Found.MALFORMED if self._keep_alive is None else Found.LAST
        if self._keep_alive is None:
            return Found.PART
        return Found.WHOLE if self._keep_alive else Found.LAST

    @property
    def _switched_unasked(self) -> bool:
        return self.head is not None and self.head.status == _SWITCHING

    def _count(self, data: bytes) -> Found:
        surplus = len(data) > self._left
        if surplus:
            data = data[: self._left]
        self._left -= len(data)
        if self._taker is not None:
            self._taker.body_came(data)
        if self._left:
            return Found.PART
        # llhttp still waits for this body, so the next answer gets a fresh one.
        llhttp, self._llhttp = self._llhttp, None
        served = llhttp is not None and llhttp.should_keep_alive() and not surplus
        return Found.WHOLE if served else Found.LAST

    # --- httptools ------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """A status line begins: of our answer, or of one more that nobody asked for."""
        if self._keep_alive is not None:
            raise httptools.HttpParserError
        self._headers = []
        self._reason = b""

    def on_status(self, reason: bytes) -> None:
        """Take the reason phrase, or a part of it."""
        self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. Trailers are dropped: nothing in our API needs one (RFC 9110 §6.5.1)."""
        if self.head is None:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Hand the head over."""
        taker, llhttp = self._taker, self._llhttp
        if taker is None or llhttp is None:
            return
        status = llhttp.get_status_code()
        head = _read_head(status, self._reason, self._headers, head_only=self._head_only)
        if 100 <= status < 200 and status != _SWITCHING:
            taker.interim_came(head)
            return
        self.head = head
        if head.has_body:
            self._left = head.length or 0
        taker.head_came(head)
        if self._head_only and status != _SWITCHING:
            # llhttp does not know what was asked, and would wait for the body that the length announces.
            self._llhttp = None
            self._keep_alive = llhttp.get_http_version() == "1.1" and not _wants_close(head)

    def on_body(self, data: bytes) -> None:
        """Hand a part of the body over."""
        if self._keep_alive is not None:
            raise httptools.HttpParserError
        self._fed_without_body = 0
        if self._left:
            self._left -= len(data)
        if self._taker is not None:
            self._taker.body_came(data)

    def on_message_complete(self) -> None:
        """Note the end of the answer, unless it was an interim one. It is told after all that came is parsed:
        whoever asks next must not get what lies behind this answer in the same packet.
        """
        if self.head is not None and self._llhttp is not None and self.head.status != _SWITCHING:
            self._keep_alive = self._llhttp.should_keep_alive()


def _read_head(status: int, reason: bytes, headers: list[RawHeader], *, head_only: bool) -> AnswerHead:
    values = by_name(headers)
    length = values.get(b"content-length")
    has_body = not head_only and status >= 200 and status not in (204, 304)
    return AnswerHead(status, reason, headers, values, has_body, None if length is None else int(length))


def _is_chunked(head: AnswerHead) -> bool:
    return head.header(b"transfer-encoding") is not None


def _wants_close(head: AnswerHead) -> bool:
    return b"close" in (head.header(b"connection") or b"").lower()
