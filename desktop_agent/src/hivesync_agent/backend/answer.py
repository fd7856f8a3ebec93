"""An answer for code that awaits: the agent's own calls and its event stream. The relay takes answers as they
come instead, without a task. Holds a bounded part of the body; a reader that is slow slows the backend down.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from http import HTTPStatus
from types import TracebackType
from typing import Self

from hivesync_agent.backend.connection import BackendConnection
from hivesync_agent.backend.failures import AnswerLost, UpstreamUnreachable
from hivesync_agent.wire.messages import AnswerHead

HELD_BYTES = 256 * 1024


class Answer:
    """One answer. Use as an asynchronous context manager, or `close` it: an unread one holds a connection."""

    def __init__(self, connection: BackendConnection) -> None:
        self._connection: BackendConnection | None = connection
        self._head: AnswerHead | None = None
        self._parts: deque[bytes] = deque()
        self._held_bytes = 0
        self._lost: AnswerLost | None = None
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def begun(self) -> None:
        """Wait for the head; raise `AnswerLost`."""
        while self._head is None:
            if self._lost is not None:
                raise self._lost
            await self._wait()

    @property
    def head(self) -> AnswerHead:
        """Give status and headers, which have come."""
        if self._head is None:
            raise RuntimeError("the answer has not begun")
        return self._head

    @property
    def status(self) -> int:
        """Give the status."""
        return self.head.status

    @property
    def content_type(self) -> str:
        """Give the media type without its parameters, lower-case."""
        value = self.head.header(b"content-type") or b""
        return value.partition(b";")[0].strip().lower().decode("latin-1")

    async def chunks(self) -> AsyncIterator[bytes]:
        """Give the body as it comes, or raise `UpstreamUnreachable` if it breaks off."""
        while True:
            while self._parts:
                part = self._parts.popleft()
                self._held_bytes -= len(part)
                if self._connection is not None and self._held_bytes < HELD_BYTES // 2:
                    self._connection.resume()
                yield part
            if self._lost is not None:
                raise UpstreamUnreachable("The HiveSync server broke its answer off.") from self._lost
            if self._connection is None:
                return
            await self._wait()

    def close(self) -> None:
        """Let go of it. If it has not ended, its connection is ended."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abandon()

    async def _wait(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    # --- AnswerTaker ----------------------------------------------------------------------------------

    def interim_came(self, head: AnswerHead) -> None:
        """Ignore it: our own calls ask for none."""

    def head_came(self, head: AnswerHead) -> None:
        """Note the head; a switch of protocols, which our own calls never ask for, is no answer."""
        if head.status == HTTPStatus.SWITCHING_PROTOCOLS:
            self.close()
            self._lost = AnswerLost(began=True, malformed=True)
        else:
            self._head = head
        self._changed.set()

    def body_came(self, data: bytes) -> None:
        """Hold a part of the body."""
        self._parts.append(data)
        self._held_bytes += len(data)
        if self._held_bytes >= HELD_BYTES and self._connection is not None:
            self._connection.pause()
        self._changed.set()

    def nothing_more_now(self) -> None:
        """Nothing is held back here."""

    def body_ended(self) -> None:
        """Note the end."""
        self._connection = None
        self._changed.set()

    def answer_lost(self, lost: AnswerLost) -> None:
        """Note that it will not come."""
        self._connection = None
        self._lost = lost
        self._changed.set()

    def pause_sending(self) -> None:
        """Our own bodies are small and sent at once."""

    def resume_sending(self) -> None:
        """See `pause_sending`."""
