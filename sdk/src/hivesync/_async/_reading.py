"""Reads an open answer to its end, or gives it up where it is too long."""

from __future__ import annotations

import httpx

from hivesync._body import Body

_OF_THE_TRANSFER = ("content-encoding", "content-length", "transfer-encoding")


async def read_whole(response: httpx.Response) -> httpx.Response:
    """Give the answer with its body unpacked, and close the one that was open.

    Raises `AnswerTooLong`, `ResponseInvalid` or `httpx.TransportError`.
    """
    try:
        body = Body(response.headers.get("content-encoding", ""))
        async for piece in response.aiter_raw():
            body.feed(piece)
        content = body.whole()
    finally:
        await response.aclose()
    headers = [
        (name, value) for name, value in response.headers.multi_items() if name not in _OF_THE_TRANSFER
    ]
    return httpx.Response(response.status_code, headers=headers, content=content)
