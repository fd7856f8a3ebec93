"""What the agent itself answers: small and whole, or a stream. Refuses to pass for the backend's answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus

from hivesync_contract import headers as names
from hivesync_contract.errors import title_of

from hivesync_agent import VERSION
from hivesync_agent.wire.messages import RawHeader, head_bytes


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer. `headers` come on top of those that all answers have."""

    status: int = 200
    body: bytes = b""
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_bytes(self, *, close: bool, with_body: bool = True) -> bytes:
        """Give it as it goes out; without its body it answers a HEAD."""
        framing = (
            [] if self.status == HTTPStatus.NO_CONTENT else [(b"Content-Length", b"%d" % len(self.body))]
        )
        if close:
            framing.append((b"Connection", b"close"))
        head = _head(self.status, self.content_type, self.headers, framing)
        return head + self.body if with_body else head


@dataclass(frozen=True, slots=True)
class EventStream:
    """Server-sent events, part by part, until `parts` end or the client leaves."""

    parts: AsyncGenerator[bytes, None]

    def head(self, *, chunked: bool, close: bool) -> bytes:
        """Give the head. `chunked`: each part is a chunk; else the connection's end ends the stream."""
        framing = [(b"Transfer-Encoding", b"chunked")] if chunked else []
        if close:
            framing.append((b"Connection", b"close"))
        return _head(200, "text/event-stream", {"X-Accel-Buffering": "no"}, framing)


def _head(
    status: int, content_type: str | None, headers: Mapping[str, str], framing: list[RawHeader]
) -> bytes:
    own = {names.AGENT: VERSION, "Cache-Control": "no-store", "Date": formatdate(usegmt=True), **headers}
    if content_type is not None:
        own["Content-Type"] = content_type
    lines = [(name.encode("ascii"), value.encode("latin-1")) for name, value in own.items()]
    return head_bytes(f"HTTP/1.1 {status} {title_of(status)}".encode("ascii"), [*lines, *framing])
