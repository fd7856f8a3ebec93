"""A corporate proxy in small: CONNECT with Basic credentials, for tests of what passes one.

It connects every name to one target, so that a test can use a name that is not loopback.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from dataclasses import dataclass, field
from typing import Self


@dataclass
class ConnectProxy:
    """Listens on 127.0.0.1. `credentials`: `user:password` that it asks for; None: everybody may pass."""

    target_port: int
    credentials: str | None = None
    refusal: bytes | None = None
    """An answer to every CONNECT that is not a 200."""
    tls: ssl.SSLContext | None = None
    heads: list[bytes] = field(default_factory=list)
    """Every head that came."""
    port: int = 0
    _server: asyncio.Server | None = None
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def url(self, credentials: str | None = None) -> str:
        """Give the address, with what the user typed before the `@`."""
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{f'{credentials}@' if credentials else ''}127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._converse(reader, writer)
        writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        refusal = self.refusal if self._knows(head) else b"407 Proxy Authentication Required"
        if refusal is not None:
            writer.write(b"HTTP/1.1 " + refusal + b"\r\nContent-Length: 6\r\n\r\n<html>")
            await writer.drain()
            return
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))
        finally:
            inner_writer.close()

    def _knows(self, head: bytes) -> bool:
        if self.credentials is None:
            return True
        pair = base64.b64encode(self.credentials.encode())
        return b"\r\nProxy-Authorization: Basic " + pair + b"\r\n" in head


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        sink.write(data)
        await sink.drain()
    sink.close()
