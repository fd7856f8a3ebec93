"""The one answer to a client: relayed as it comes, or made here. Refuses to look complete when it is not."""

from __future__ import annotations

from hivesync_contract.errors import HiveSyncError

from hivesync_agent.gate.request import Request
from hivesync_agent.relay.answers import framed_head, interim_head, stored_answer, switched_head
from hivesync_agent.relay.stored import StoredAnswer
from hivesync_agent.wire.messages import LAST_CHUNK, AnswerHead, chunk


class Reply:
    """Writes an answer once; whatever comes after its end, or after the client has left, is dropped."""

    __slots__ = ("_chunked", "_close", "_request", "_unsent", "done")

    def __init__(self, request: Request) -> None:
        self._request = request
        self._unsent = b""
        """The head, until it is known whether its body has come in the same packet."""
        self._chunked = self._close = False
        self.done = False

    @property
    def begun(self) -> bool:
        """Tell whether the client has got, or is about to get, a part of it."""
        return self._request.begun or bool(self._unsent)

    def interim(self, head: AnswerHead) -> None:
        """Pass a 1xx on (RFC 9110 §15.2), but not a 100: the agent has asked for the body itself."""
        if head.status != 100 and self._request.version == "1.1" and not self.done:
            self._request.write_interim(interim_head(head))

    def begin(self, head: AnswerHead) -> None:
        """Begin to relay an answer."""
        framed = framed_head(self._request, head)
        self._unsent, self._chunked, self._close = framed.data, framed.chunked, framed.close

    def switch(self, head: AnswerHead) -> None:
        """Say that a tunnel is open."""
        self._request.write(switched_head(head))

    def part(self, data: bytes) -> None:
        """Pass a part of the body on, with the head if it still waits."""
        if self._chunked:
            data = chunk(data)
        self._write(self._unsent + data if self._unsent else data)

    def flush(self) -> None:
        """Let the head go, if its body takes its time."""
        if self._unsent:
            self._write(self._unsent)

    def end(self) -> None:
        """End what has been relayed."""
        rest = self._unsent + LAST_CHUNK if self._chunked else self._unsent
        if rest:
            self._write(rest)
        if not self.done:
            self.done = True
            self._request.finish(close=self._close)

    def break_off(self) -> None:
        """End it before its end: only a broken connection tells the client that it is not whole."""
        if not self.done:
            self.done = True
            self._request.abort()

    def give(self, stored: StoredAnswer, *, offline: bool = False) -> None:
        """Answer with what is stored."""
        if not self.done:
            self.done = True
            self._request.write(stored_answer(self._request, stored, offline=offline))
            self._request.finish()

    def refuse(self, error: HiveSyncError, request_id: str) -> None:
        """Answer with a problem."""
        if not self.done:
            self.done = True
            self._request.refuse(error, request_id)

    def _write(self, data: bytes) -> None:
        self._unsent = b""
        if not self.done:
            self._request.write(data)
