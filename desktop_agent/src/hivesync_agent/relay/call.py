"""One relayed call, from a judged head to the last byte of the answer.

What needs no waiting (a token at hand, an open connection, no body) runs inside the callbacks of the two
sockets, without a task: that is nearly every call. Whatever waits does so in one task that the call owns.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from hivesync_contract import headers as names
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.backend.connection import BackendConnection
from hivesync_agent.backend.failures import AnswerLost
from hivesync_agent.gate.request import Request
from hivesync_agent.problems import InternalError
from hivesync_agent.relay.headers import answer_headers, request_headers
from hivesync_agent.relay.journal import Journal
from hivesync_agent.relay.policy import needs_session
from hivesync_agent.session.protocol import SessionAccess
from hivesync_agent.tasks import BackgroundTasks
from hivesync_agent.upstream import IDEMPOTENT, Upstream
from hivesync_agent.wire.messages import LAST_CHUNK, AnswerHead, RawHeader, chunk, head_bytes

REPLAYABLE_BYTES = 64 * 1024
"""A body up to this size is read first, so that it can be sent again; a larger one streams."""

_SWITCHING = 101
_NO_CONTENT = 204
_log = logging.getLogger("hivesync.relay")


@dataclass(frozen=True, slots=True)
class Backend:
    """What calls need of the rest of the agent."""

    upstream: Upstream
    access: SessionAccess
    journal: Journal
    tasks: BackgroundTasks


class RelayedCall:
    """An `Exchange` on the client's side and an `AnswerTaker` on the backend's."""

    def __init__(
        self, backend: Backend, request: Request, path: str, target: str, client: str, request_id: str
    ) -> None:
        self._backend = backend
        self._pool = backend.upstream.pool
        self._request = request
        self._path = path
        self._target = target
        self._client = client
        self._request_id = request_id
        self._signed = needs_session(request.method, path)
        self._token: str | None = None
        self._renewed = False
        self._body: bytes | None = None
        self._connection: BackendConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._refused = False
        """The answer at hand is a 401 that is not passed on: the call is made again with another token."""
        self._unsent = b""
        """The answer's head, until it is known whether its body has come in the same packet."""
        self._chunked = self._tunnel = self._close = self._done = False

    def begin(self) -> None:
        """Send the request now if nothing has to be waited for."""
        token = self._backend.access.current() if self._signed else None
        if self._request.head.length == 0 and (token is not None or not self._signed):
            connection = self._pool.take()
            if connection is not None:
                self._ask(connection, token)
                return
        self._run(self._prepare())

    # --- sending --------------------------------------------------------------------------------------

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._task = self._backend.tasks.spawn("relayed-call", self._answering_failures(work))

    async def _answering_failures(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except HiveSyncError as error:
            self._refuse(error)
        except Exception:
            _log.exception("relayed call failed")
            self._refuse(InternalError("The agent failed; see its log."))

    async def _prepare(self) -> None:
        token = await self._backend.access.access_token() if self._signed else None
        length = self._request.head.length
        if length is not None and 0 < length <= REPLAYABLE_BYTES:
            self._body = await self._request.collect(REPLAYABLE_BYTES)
        await self._send(token)

    async def _send(self, token: str | None) -> None:
        connection = self._pool.take() or await self._pool.dial()
        self._ask(connection, token)

    def _ask(self, connection: BackendConnection, token: str | None) -> None:
        self._connection, self._token = connection, token
        request = self._request
        streams = self._streams
        headers = request_headers(
            request.head.raw, token, self._request_id, websocket=request.head.asks_for_websocket
        )
        headers += self._framing()
        connection.ask(
            self._backend.upstream.request_bytes(request.method, self._target, headers) + (self._body or b""),
            self,
            head_only=request.method == "HEAD",
            body_follows=streams,
            chunked=streams and request.head.length is None,
        )
        if streams:
            request.ask_for_body()
            request.take_body(self)

    @property
    def _streams(self) -> bool:
        return self._request.head.length != 0 and self._body is None

    def _framing(self) -> list[RawHeader]:
        length = self._request.head.length
        if length is None and self._body is None:
            return [(b"Transfer-Encoding", b"chunked")]
        if length or self._request.method in ("POST", "PUT", "PATCH"):
            return [(b"Content-Length", b"%d" % (len(self._body) if self._body is not None else length or 0))]
        return []

    async def _renew_and_repeat(self) -> None:
        self._refused, self._renewed = False, True
        await self._send(await self._backend.access.replace_token(self._token or ""))

    # --- gate.request.Exchange: what the client does --------------------------------------------------

    def upload_came(self, data: bytes) -> None:
        """Send a part of the body on."""
        if self._connection is not None:
            self._connection.send_body(data)

    def upload_ended(self) -> None:
        """End the body; in a tunnel, one direction."""
        if self._connection is None:
            return
        if self._tunnel:
            self._connection.half_close()
        else:
            self._connection.end_body()

    def client_left(self) -> None:
        """End the call: nobody waits for the answer."""
        self._done = True
        if self._task is not None:
            self._task.cancel()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abandon()

    def pause_answering(self) -> None:
        """Take no more from the backend than the client takes."""
        if self._connection is not None:
            self._connection.pause()

    def resume_answering(self) -> None:
        """Go on."""
        if self._connection is not None:
            self._connection.resume()

    # --- backend.connection.AnswerTaker: what the backend does ----------------------------------------

    def interim_came(self, head: AnswerHead) -> None:
        """Pass a 1xx on (RFC 9110 §15.2), but not a 100: the agent has asked for the body itself."""
        if head.status != 100 and self._request.version == "1.1":
            self._request.write_interim(head_bytes(_status_line(head), answer_headers(head.headers)))

    def head_came(self, head: AnswerHead) -> None:
        """Pass the head on, unless the token was refused and the call can be made again."""
        self._pool.answered()
        if head.status == _SWITCHING:
            self._switch(head)
            return
        if head.status == 401 and self._token is not None and not self._renewed:
            if not self._streams:
                self._refused = True
                return
            # Half of the body is gone: the client gets this refusal, and a fresh token the next time.
            self._backend.access.discard(self._token)
        self._unsent = self._answer_head(head)

    def body_came(self, data: bytes) -> None:
        """Pass a part of the body on, with the head if it still waits."""
        if self._refused:
            return
        if self._chunked:
            data = chunk(data)
        if self._unsent:
            data, self._unsent = self._unsent + data, b""
        self._request.write(data)

    def nothing_more_now(self) -> None:
        """Let the head go, if its body takes its time."""
        if self._unsent:
            unsent, self._unsent = self._unsent, b""
            self._request.write(unsent)

    def body_ended(self) -> None:
        """End the answer."""
        if self._tunnel:
            self._request.half_close()
            return
        self._connection = None
        if self._refused:
            self._run(self._renew_and_repeat())
            return
        rest = self._unsent + LAST_CHUNK if self._chunked else self._unsent
        self._done = True
        if rest:
            self._request.write(rest)
        self._request.finish(close=self._close)

    def answer_lost(self, lost: AnswerLost) -> None:
        """Try again where that is harmless and may help; else tell the client."""
        connection, self._connection = self._connection, None
        if self._refused:
            self._run(self._renew_and_repeat())
        elif self._request.begun or self._unsent:
            # Only a broken connection tells the client that the body is not whole.
            _log.warning("answer broken off", extra={"path": self._path})
            self._done = True
            self._request.abort()
        elif connection is not None and self._pool.may_repeat(connection, lost, harmless=self._harmless):
            self._run(self._send(self._token))
        else:
            self._refuse(lost.as_error())

    def pause_sending(self) -> None:
        """Take no more from the client than the backend takes."""
        self._request.pause_body()

    def resume_sending(self) -> None:
        """Go on."""
        self._request.resume_body()

    # --- inside ---------------------------------------------------------------------------------------

    @property
    def _harmless(self) -> bool:
        key = names.IDEMPOTENCY_KEY.lower().encode()
        return not self._streams and (self._request.method in IDEMPOTENT or key in self._request.head.values)

    def _answer_head(self, head: AnswerHead) -> bytes:
        request = self._request
        headers = answer_headers(head.headers)
        if head.status == _NO_CONTENT:
            headers = [header for header in headers if header[0].lower() != b"content-length"]
        if head.has_body and head.length is None:
            # Chunks for those who know them; for HTTP/1.0 the end of the connection ends the body.
            self._chunked = request.version != "1.0"
            self._close = not self._chunked
            if self._chunked:
                headers.append((b"Transfer-Encoding", b"chunked"))
        if self._close or not request.keep_alive or not request.body_complete:
            headers.append((b"Connection", b"close"))
        elif request.version == "1.0":
            headers.append((b"Connection", b"keep-alive"))
        return head_bytes(_status_line(head), headers)

    def _switch(self, head: AnswerHead) -> None:
        connection = self._connection
        if connection is None or not self._request.head.asks_for_websocket:
            # A tunnel that nobody asked for would carry anything past the gate.
            self._connection = None
            if connection is not None:
                connection.abandon()
            self._refuse(AnswerLost(began=True, malformed=True).as_error())
            return
        self._tunnel = True
        switched = [(b"Connection", b"Upgrade"), (b"Upgrade", b"websocket")]
        self._request.write(head_bytes(_status_line(head), [*answer_headers(head.headers), *switched]))
        self._request.take_body(self)

    def _refuse(self, error: HiveSyncError) -> None:
        if not self._done:
            self._done = True
            self._request.refuse(error, self._request_id)


def _status_line(head: AnswerHead) -> bytes:
    return b"HTTP/1.1 %d %b" % (head.status, head.reason)
