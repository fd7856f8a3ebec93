"""Refuses bodies that are longer than their address takes, before they fill the memory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hivesync_server.problems import payload_too_large


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """Paths in which `pattern` is found take bodies up to `size_bytes`."""

    pattern: re.Pattern[str]
    size_bytes: int


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """ASGI middleware. Of `limits` the first that fits counts; the last must fit everything."""

    app: ASGIApp
    limits: Sequence[BodyLimit]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a body that announces its length at once, and any other where it gets too long."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = next(limit.size_bytes for limit in self.limits if limit.pattern.search(scope["path"]))
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > limit:
            await payload_too_large()(scope, receive, send)
            return
        await self.app(scope, _limited(receive, limit), send)


def _limited(receive: Receive, limit: int) -> Receive:
    received = 0

    async def receive_within_limit() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            # Raised where the route reads its body, so it is answered like any other error.
            raise HTTPException(413)
        return message

    return receive_within_limit
