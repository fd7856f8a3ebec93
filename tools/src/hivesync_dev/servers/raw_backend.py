"""A backend as bytes: for answers that no server library would give, and for connections that die.

Every connection of the agent's clients is handed to the test's own coroutine. The agent's own calls are none
of its business: the event stream is kept open and silent, others are answered with 404. Nothing is parsed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self

from hivesync_dev.stack.ports import any_free_port

Conversation = Callable[["RawConnection"], Awaitable[None]]


@dataclass(slots=True)
class RawConnection:
    """One connection of the agent. `number` counts from 1."""

    number: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heads: list[bytes] = field(default_factory=list)
    """All heads of this connection so far."""
    _unread: bytes = b""

    async def head(self) -> bytes:
        """Read a request's head; raise `IncompleteReadError` if the agent leaves."""
        head, self._unread = self._unread or await self.reader.readuntil(b"\r\n\r\n"), b""
        while b"\r\nX-HiveSync-Client: " not in head:
            await self.send(answer(status="404 Not Found"))
            head = await self.reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        return head

    async def peek(self) -> bytes:
        """Look at the first head without taking it."""
        self._unread = await self.reader.readuntil(b"\r\n\r\n")
        return self._unread

    async def send(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Break the connection off."""
        self.writer.transport.abort()


@dataclass
class RawBackend:
    """Listens on 127.0.0.1."""

    conversation: Conversation
    port: int = 0
    connections: list[RawConnection] = field(default_factory=list)
    """Those that were handed over, in order."""
    followed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the agent's own event stream is open: from here on all connections are its clients'."""
    _server: asyncio.Server | None = None
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Give the origin."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self.port = self.port or any_free_port()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        connection = RawConnection(len(self.connections) + 1, reader, writer)
        try:
            first = await connection.peek()
            if b"\r\nX-HiveSync-Client: " not in first:
                await self._answer_agent(connection, first)
                return
            connection.number = len(self.connections) + 1
            self.connections.append(connection)
            await self.conversation(connection)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the agent left, or the test has ended
        finally:
            writer.close()

    async def _answer_agent(self, connection: RawConnection, head: bytes) -> None:
        if not head.startswith(b"GET /api/v1/events "):
            await connection.send(answer(b"", "Connection: close", status="404 Not Found"))
            return
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        self.followed.set()
        await connection.reader.read()


def answer(body: bytes = b"ok", *headers: str, status: str = "200 OK") -> bytes:
    """Give a whole answer with a length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
