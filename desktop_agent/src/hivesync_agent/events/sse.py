"""Reading a stream of server-sent events (WHATWG HTML §9.2.6). Refuses an event without end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

EVENT_BYTES = 1024 * 1024


class StreamMalformed(Exception):
    """The stream is not one of events; the connection is of no use."""


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event as it arrived."""

    id: str
    type: str
    data: bytes


async def read_events(chunks: AsyncIterator[bytes]) -> AsyncIterator[ServerSentEvent]:
    """Give the events of a byte stream; comments and unfinished events are dropped."""
    last_id, kind = "", ""
    data: list[bytes] = []
    size_bytes = 0
    async for line in _lines(chunks):
        if not line:
            if data:
                yield ServerSentEvent(last_id, kind or "message", b"\n".join(data))
            kind, data, size_bytes = "", [], 0
            continue
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            size_bytes += len(value) + 1
            if size_bytes > EVENT_BYTES:
                raise StreamMalformed
            data.append(value)
        elif name == b"event":
            kind = value.decode("utf-8", "replace")
        elif name == b"id" and b"\0" not in value:
            last_id = value.decode("utf-8", "replace")


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r")
        if len(rest) > EVENT_BYTES:
            raise StreamMalformed
