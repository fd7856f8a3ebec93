# Generated from hivesync/_async by `make generate`; do not edit.
"""Reads an open answer to its end, or gives it up where it is too long."""

from __future__ import annotations

import httpx

from hivesync._body import Body

_OF_THE_TRANSFER = ("content-encoding", "content-length", "transfer-encoding")


def read_whole(response: httpx.Response) -> httpx.Response:
    """Give the answer with its body unpacked, and close the one that was open.

    Raises `AnswerTooLong`, `ResponseInvalid` or `httpx.TransportError`.
    """
    try:
        body = Body(response.headers.get("content-encoding", ""))
        for piece in response.iter_raw():
            body.feed(piece)
        content = body.whole()
    finally:
        response.close()
    headers = [
        (name, value) for name, value in response.headers.multi_items() if name not in _OF_THE_TRANSFER
    ]
    return httpx.Response(response.status_code, headers=headers, content=content)
