"""The body of a relayed request: small ones are read so that they can be sent again, others stream.

Refuses to hold more than a small, fixed amount. A streamed body can't be sent twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from hivesync_agent.problems import BadRequest

REPLAYABLE_BYTES = 64 * 1024
IDLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class RequestBody:
    """What to send, and whether it may be sent once more."""

    content: bytes | AsyncIterator[bytes] | None
    replayable: bool


async def read_body(request: web.BaseRequest) -> RequestBody:
    """Give the body of a request; asks for it first if the client waits to be asked (`Expect`)."""
    if not request.can_read_body:
        return RequestBody(None, replayable=True)
    if "Expect" in request.headers:
        await _continue(request)
    length = request.content_length
    if length is not None and length <= REPLAYABLE_BYTES:
        return RequestBody(b"".join([chunk async for chunk in _chunks(request)]), replayable=True)
    return RequestBody(_chunks(request), replayable=False)


async def _chunks(request: web.BaseRequest) -> AsyncIterator[bytes]:
    """Give the body as it comes; raise (408) when the client falls silent."""
    content = request.content
    try:
        while chunk := content.read_nowait() or await _next(request):
            yield chunk
    except TimeoutError as exc:
        raise BadRequest("The body came too slowly.", status=408) from exc


async def _next(request: web.BaseRequest) -> bytes:
    async with asyncio.timeout(IDLE_SECONDS):
        return await request.content.readany()


async def _continue(request: web.BaseRequest) -> None:
    if request.headers["Expect"].lower() != "100-continue":
        raise BadRequest("This expectation is not supported.", status=417)
    transport = request.transport
    if transport is not None:
        transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
