"""Heads and chunks as bytes, and the few facts that decide how a message is framed (RFC 9112 §6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

RawHeader = tuple[bytes, bytes]
HEAD_BYTES = 32 * 1024
"""Most that a head may hold; also most of framing (chunk sizes, extensions, trailers) without any body."""

WRITE_BYTES = 512 * 1024
"""Most that waits to be sent on one socket before its source is paused: two of uvloop's reads."""

LAST_CHUNK = b"0\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(slots=True)
class AnswerHead:
    """Status line and headers of an answer, and how its body is framed."""

    status: int
    reason: bytes
    headers: list[RawHeader]
    """As they came."""
    values: dict[bytes, bytes]
    """By lower-case name; see `by_name`."""
    has_body: bool
    length: int | None
    """What `Content-Length` says. None with a body: it ends with its last chunk, or with the connection."""

    def header(self, name: bytes) -> bytes | None:
        """Give the header of that lower-case name."""
        return self.values.get(name)


def chunk(data: bytes) -> bytes:
    """Frame a part of a body (RFC 9112 §7.1); our own chunks have no extensions."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def head_bytes(first_line: bytes, headers: Iterable[RawHeader]) -> bytes:
    """Give a whole head. Names and values come from llhttp or from us, so none holds CR, LF or NUL."""
    return b"\r\n".join([first_line, *[b"%b: %b" % header for header in headers], b"", b""])


def by_name(headers: Iterable[RawHeader]) -> dict[bytes, bytes]:
    """Give headers by lower-case name; a repeated one as the list that it is (RFC 9110 §5.3)."""
    values: dict[bytes, bytes] = {}
    for raw_name, value in headers:
        name = raw_name.lower()
        values[name] = b"%b, %b" % (values[name], value) if name in values else value
    return values


def options_of(value: bytes) -> set[bytes]:
    """Give the lower-case members of a list such as `Connection` (RFC 9110 §5.6.1)."""
    return {part.strip() for part in value.lower().split(b",")}
