"""Answers as the client gets them: framed for its version of HTTP, and for what the connection does next."""

from __future__ import annotations

from dataclasses import dataclass

from hivesync_contract import headers as names

from hivesync_agent.gate.request import Request
from hivesync_agent.relay.headers import answer_headers
from hivesync_agent.relay.stored import StoredAnswer
from hivesync_agent.wire.messages import AnswerHead, RawHeader, head_bytes

_NO_CONTENT = 204


@dataclass(frozen=True, slots=True)
class Framed:
    """A head as bytes. `chunked`: its body comes in chunks; `close`: the end of the connection ends it."""

    data: bytes
    chunked: bool
    close: bool


def framed_head(request: Request, head: AnswerHead) -> Framed:
    """Give the head of a relayed answer."""
    headers = answer_headers(head.headers)
    if head.status == _NO_CONTENT:
        headers = [header for header in headers if header[0].lower() != b"content-length"]  # RFC 9110 §8.6
    # Chunks for those who know them; for HTTP/1.0 the end of the connection ends the body.
    unknown = head.has_body and head.length is None
    chunked = unknown and request.version != "1.0"
    if chunked:
        headers.append((b"Transfer-Encoding", b"chunked"))
    close = unknown and not chunked
    headers += _connection(request, close=close)
    return Framed(head_bytes(status_line(head), headers), chunked, close)


def interim_head(head: AnswerHead) -> bytes:
    """Give a 1xx answer."""
    return head_bytes(status_line(head), answer_headers(head.headers))


def switched_head(head: AnswerHead) -> bytes:
    """Give the 101 that opens a WebSocket."""
    switched = [(b"Connection", b"Upgrade"), (b"Upgrade", b"websocket")]
    return head_bytes(status_line(head), [*answer_headers(head.headers), *switched])


def stored_answer(request: Request, stored: StoredAnswer, *, offline: bool = False) -> bytes:
    """Give a stored answer, whole. `offline`: the backend could not be asked."""
    headers = [header for header in stored.headers if header[0].lower() != b"age"]
    headers.append((b"Content-Length", b"%d" % len(stored.body)))
    if stored.age_seconds or offline:
        headers.append((b"Age", b"%d" % stored.age_seconds))
    if offline:
        headers.append((names.OFFLINE.encode(), b"%d" % stored.age_seconds))
    headers += _connection(request, close=False)
    return head_bytes(b"HTTP/1.1 200 OK", headers) + stored.body


def status_line(head: AnswerHead) -> bytes:
    """Give the status line; the reason is the backend's."""
    return b"HTTP/1.1 %d %b" % (head.status, head.reason)


def _connection(request: Request, *, close: bool) -> list[RawHeader]:
    if close or not request.keep_alive or not request.body_complete:
        return [(b"Connection", b"close")]
    return [(b"Connection", b"keep-alive")] if request.version == "1.0" else []
