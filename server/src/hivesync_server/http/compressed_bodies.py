"""Bodies sent as gzip (RFC 9110 §8.4): a long manifest has to pass nginx, which takes 1 MB by default."""

from __future__ import annotations

import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hivesync_server.problems import unsupported_encoding

_GZIP = 16 + zlib.MAX_WBITS
_PIECE_BYTES = 64 * 1024
"""How much is unpacked at once: a small body may unpack to a thousand times its size, and whoever counts
what comes out stops us long before that."""


@dataclass(frozen=True, slots=True)
class CompressedBodies:
    """ASGI middleware; stands outside of the one that limits bodies, so that the unpacked length counts."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Unpack gzip, pass plain bodies on, and refuse every other encoding."""
        encoding = Headers(scope=scope).get("content-encoding", "") if scope["type"] == "http" else ""
        if encoding.lower() in ("", "identity"):
            await self.app(scope, receive, send)
        elif encoding.lower() in ("gzip", "x-gzip"):
            await self.app(_without_encoding(scope), _Unpacked(receive), send)
        else:
            await unsupported_encoding()(scope, receive, send)


def _without_encoding(scope: Scope) -> Scope:
    plain = {**scope, "headers": list(scope["headers"])}
    headers = MutableHeaders(scope=plain)
    for name in ("content-encoding", "content-length"):
        del headers[name]
    return plain


@dataclass(slots=True)
class _Unpacked:
    """Receives the body piece by piece, unpacked."""

    receive: Receive
    _gzip: Any = field(default_factory=lambda: zlib.decompressobj(_GZIP))
    _packed: deque[bytes] = field(default_factory=deque)
    _more: bool = True
    _ended: bool = False

    async def __call__(self) -> Message:
        if self._ended:
            return await self.receive()
        while self._more and not self._packed:
            message = await self.receive()
            if message["type"] != "http.request":
                return message
            self._more = message.get("more_body", False)
            if body := message.get("body", b""):
                self._packed.append(body)
        if not self._packed:
            return self._end()
        piece = self._unpack(self._packed.popleft())
        return {"type": "http.request", "body": piece, "more_body": True}

    def _end(self) -> Message:
        if not self._gzip.eof:
            raise _damaged()
        self._ended = True
        return {"type": "http.request", "body": b"", "more_body": False}

    def _unpack(self, packed: bytes) -> bytes:
        try:
            piece: bytes = self._gzip.decompress(packed, _PIECE_BYTES)
        except zlib.error as error:
            raise _damaged() from error
        if self._gzip.unused_data:
            raise _damaged()
        if self._gzip.unconsumed_tail:
            self._packed.appendleft(self._gzip.unconsumed_tail)
        return piece


def _damaged() -> HTTPException:
    return HTTPException(400, "The body is not the gzip that Content-Encoding promises.")
