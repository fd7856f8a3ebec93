"""One request of a client: its head, its body as it comes, and the way back. Refuses to hold a whole body."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

from hivesync_contract.errors import HiveSyncError

from hivesync_agent.gate.rules import Head
from hivesync_agent.problems import TooLarge, problem_response
from hivesync_agent.response import Response
from hivesync_agent.wire.messages import CONTINUE

HELD_BYTES = 64 * 1024


class Exchange(Protocol):
    """What answers a request. It hears what the client does meanwhile."""

    def upload_came(self, data: bytes) -> None:
        """Take a part of the request's body; only after `Request.take_body`."""

    def upload_ended(self) -> None:
        """The request's body is complete."""

    def client_left(self) -> None:
        """Nobody waits for the answer any more."""

    def pause_answering(self) -> None:
        """The client takes no more for now."""

    def resume_answering(self) -> None:
        """The client takes more again."""

    def session_ended(self) -> None:
        """Nobody is signed in any more, or somebody else is."""


class Line(Protocol):
    """The connection that a request came by, as the request uses it."""

    def admitted(self) -> None: ...
    def write(self, data: bytes) -> None: ...
    def half_close(self) -> None: ...
    def abort(self) -> None: ...
    def finished(self, request: Request, *, close: bool) -> None: ...
    def reading_changed(self) -> None: ...


class Request:
    """What the gate judges and an exchange answers. Headers are as they were sent."""

    __slots__ = (
        "_asked",
        "_ended",
        "_held",
        "_held_bytes",
        "_line",
        "_taker",
        "begun",
        "body_paused",
        "exchange",
        "head",
        "keep_alive",
        "method",
        "target",
        "upgrade",
        "version",
    )

    def __init__(
        self,
        line: Line,
        *,
        method: str,
        target: str,
        version: str,
        head: Head,
        keep_alive: bool,
        upgrade: bool,
    ) -> None:
        self._line = line
        self.method = method
        self.target = target
        self.version = version
        self.head = head
        self.keep_alive = keep_alive
        self.upgrade = upgrade
        """What follows the head is no HTTP if the answer is 101."""
        self.exchange: Exchange | None = None
        self.begun = False
        """Something of the answer has been sent: from here on it can only be completed or broken off."""
        self._taker: Exchange | None = None
        self._held: deque[bytes] = deque()
        self._held_bytes = 0
        self._ended = head.length == 0 and not upgrade
        self._asked = b"expect" not in head.values
        self.body_paused = False

    def admit(self) -> None:
        """Note that the client has shown the token."""
        self._line.admitted()

    # --- the body, from the connection to the exchange -------------------------------------------------

    @property
    def body_complete(self) -> bool:
        """Tell whether all of the body has come."""
        return self._ended

    @property
    def wants_body(self) -> bool:
        """Tell whether more of the body can be taken now."""
        return not self.body_paused and self._held_bytes < HELD_BYTES

    def feed(self, data: bytes) -> None:
        """Take a part of the body from the connection."""
        if self._taker is not None and not self._held:
            self._taker.upload_came(data)
            return
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes >= HELD_BYTES:
            self._line.reading_changed()

    def feed_end(self) -> None:
        """Note that the body is complete."""
        self._ended = True
        if self._taker is not None and not self._held:
            self._taker.upload_ended()

    def take_body(self, taker: Exchange) -> None:
        """Hand the body to `taker` from here on, at first what is here already."""
        self._taker = taker
        while self._held:
            part = self._held.popleft()
            self._held_bytes -= len(part)
            taker.upload_came(part)
        if self._ended:
            taker.upload_ended()
        self._line.reading_changed()

    def pause_body(self) -> None:
        """Take no more from the client for now."""
        self.body_paused = True
        self._line.reading_changed()

    def resume_body(self) -> None:
        """Take more again."""
        self.body_paused = False
        self._line.reading_changed()

    async def collect(self, limit_bytes: int) -> bytes:
        """Give the whole body, or raise `TooLarge`."""
        if self._ended and not self._held:
            return b""
        collecting = _Collecting(limit_bytes)
        self.ask_for_body()
        self.take_body(collecting)
        return await collecting.whole

    def ask_for_body(self) -> None:
        """Ask for the body if the client waits to be asked (RFC 9110 §10.1.1)."""
        if not self._asked and not self._ended:
            self._asked = True
            self._line.write(CONTINUE)

    # --- the answer, from the exchange to the client ---------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send a part of the answer, beginning with its head."""
        self.begun = True
        self._line.write(data)

    def write_interim(self, data: bytes) -> None:
        """Send a 1xx answer; the real one may still be any."""
        self._line.write(data)

    def finish(self, *, close: bool = False) -> None:
        """End the answer; `close`: the connection has nothing more to say."""
        self._line.finished(self, close=close or not self.keep_alive or not self._ended)

    def abort(self) -> None:
        """Break the connection off: only that tells the client that the answer is not whole."""
        self._line.abort()

    def half_close(self) -> None:
        """Say that nothing more comes, in a tunnel."""
        self._line.half_close()

    def reply(self, response: Response, *, close: bool = False) -> None:
        """Answer with a small whole response of the agent's own."""
        close = close or not self.keep_alive or not self._ended
        self.write(response.as_bytes(close=close, with_body=self.method != "HEAD"))
        self.finish(close=close)

    def refuse(self, error: HiveSyncError, request_id: str = "", *, close: bool = False) -> None:
        """Answer with a problem; break off instead if the answer has begun already."""
        if self.begun:
            self.abort()
        else:
            self.reply(problem_response(error, request_id), close=close)


class _Collecting:
    """Takes a body whole, up to a limit."""

    def __init__(self, limit_bytes: int) -> None:
        self.whole: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._limit_bytes = limit_bytes
        self._parts: list[bytes] = []
        self._size = 0

    def upload_came(self, data: bytes) -> None:
        self._size += len(data)
        if self._size <= self._limit_bytes:
            self._parts.append(data)
        elif not self.whole.done():
            self._parts.clear()
            self.whole.set_exception(TooLarge(f"The body is larger than {self._limit_bytes // 1024} KB."))

    def upload_ended(self) -> None:
        if not self.whole.done():
            self.whole.set_result(b"".join(self._parts))

    def client_left(self) -> None:
        self.whole.cancel()

    def pause_answering(self) -> None:
        """There is no answer yet."""

    def resume_answering(self) -> None:
        """There is no answer yet."""

    def session_ended(self) -> None:
        """There is no answer yet."""
