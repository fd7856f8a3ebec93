"""One listener's stream: what waits to be sent, in order, and never more than fits into little memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from starlette.types import Send

from hivesync_server.auth.principal import Principal
from hivesync_server.events.messages import PING, Message

WAITING_MAX_BYTES = 128 * 1024
"""What may wait for a slow reader, beside what the socket holds. The rest it fetches when it resumes."""


class Stream:
    """Sends without making anybody wait: whoever publishes must not depend on the slowest reader.

    There is a task only while something is sent. An idle stream is little more than this object.
    """

    __slots__ = ("_ending", "_send", "_sender", "_size", "_waiting", "live", "position", "principal")

    def __init__(self, principal: Principal, send: Send) -> None:
        self.principal = principal
        self.position = 0
        """The number of the last event that was queued or sent."""
        self.live = False
        """Whether the pump serves it: before that it catches up, and nothing else is sent. See `go_live`."""
        self._send = send
        self._waiting: list[bytes] = []
        self._size = 0
        self._ending = False
        self._sender: asyncio.Task[None] | None = None

    def deliver(self, messages: Iterable[Message]) -> None:
        """Queue events that are newer than what it had."""
        for message in messages:
            if message.number > self.position:
                self.position = message.number
                if message.data:
                    self._queue(message.data)

    @property
    def ending(self) -> bool:
        """Tell whether it is over, or about to be."""
        return self._ending

    def go_live(self) -> None:
        """Have the pump serve it from now on; say what could not be said while it caught up."""
        self.live = True
        if self._ending:
            self._begin()

    def ping(self) -> None:
        """Show that the stream lives, unless something is under way that shows it."""
        if self.live and self._sender is None:
            self._queue(PING)

    def end(self, comment: bytes = b"") -> None:
        """End the stream after what waits."""
        if not self._ending:
            self._waiting.append(comment)
            self._ending = True
            if self.live:
                self._begin()

    def drop(self) -> None:
        """Stop sending: the listener is gone."""
        self._ending = True
        self._waiting.clear()
        if self._sender is not None:
            self._sender.cancel()

    def _queue(self, data: bytes) -> None:
        if self._ending:
            return
        if self._waiting and self._size + len(data) > WAITING_MAX_BYTES:
            # What it has had is without gaps; it resumes after that, once it reads again.
            self._waiting.clear()
            self.end()
            return
        self._waiting.append(data)
        self._size += len(data)
        self._begin()

    def _begin(self) -> None:
        if self._sender is None:
            self._sender = asyncio.get_running_loop().create_task(self._flush())

    async def _flush(self) -> None:
        try:
            while self._waiting:
                data = b"".join(self._waiting)
                self._waiting.clear()
                self._size = 0
                await self._send({"type": "http.response.body", "body": data, "more_body": True})
            if self._ending:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._sender = None
