"""One relayed call, from a judged head to the last byte of the answer.

What needs no waiting (a token at hand, an open connection, no body) runs inside the callbacks of the two
sockets, without a task: that is nearly every call. Whatever waits does so in one task that the call owns.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from hivesync_contract import headers as names
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.backend.connection import BackendConnection
from hivesync_agent.backend.failures import AnswerLost, UpstreamUnreachable
from hivesync_agent.gate.request import Request
from hivesync_agent.problems import InternalError
from hivesync_agent.relay.answers import framed_head, interim_head, stored_answer, switched_head
from hivesync_agent.relay.cache import Entry
from hivesync_agent.relay.headers import VIA, request_headers
from hivesync_agent.relay.journal import MUTATION_BYTES, Journal, OfflineQueued, mutation_of
from hivesync_agent.relay.policy import needs_session
from hivesync_agent.relay.reads import Reads, SharedRead
from hivesync_agent.relay.stored import StoredAnswer
from hivesync_agent.session.protocol import SessionAccess
from hivesync_agent.tasks import BackgroundTasks
from hivesync_agent.upstream import IDEMPOTENT, SAFE, Upstream
from hivesync_agent.wire.messages import LAST_CHUNK, AnswerHead, RawHeader, chunk

REPLAYABLE_BYTES = MUTATION_BYTES
"""A body up to this size is read first, so that it can be sent again; a larger one streams."""

_SWITCHING = 101
_AWAY = frozenset({502, 503, 504})
"""A gateway's word that the backend is away."""

_KEY = names.IDEMPOTENCY_KEY.encode()
_log = logging.getLogger("hivesync.relay")


@dataclass(frozen=True, slots=True)
class Backend:
    """What calls need of the rest of the agent."""

    upstream: Upstream
    access: SessionAccess
    reads: Reads
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
        self._read: SharedRead | None = None
        self._extra: list[RawHeader] = []
        """The idempotency key, where the agent adds one."""
        self._leads = self._journalled = self._away = False
        self._token: str | None = None
        self._renewed = False
        self._body: bytes | None = None
        self._connection: BackendConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._skips_body = False
        """The answer at hand is not passed on: a refused token, a 304 that only we have asked for, or a
        gateway's word to a mutation that can wait."""
        self._unsent = b""
        """The answer's head, until it is known whether its body has come in the same packet."""
        self._chunked = self._tunnel = self._close = self._done = False

    # --- beginning ------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Answer from what is known, join an open question, or ask."""
        read = self._backend.reads.read_for(self._request, self._target) if self._signed else None
        if read is None:
            self._begin_journalled()
        elif read.led:
            self._read = read
            read.follow(self)
        elif self._backend.access.signed_in and (entry := read.fresh()) is not None:
            self._answer_stored(self._backend.reads.cache.answer(entry))
        else:
            self._read, self._leads = read, True
            read.lead()
            self._begin()

    def begin_alone(self) -> None:
        """Ask after all: what another asked for can't be shared."""
        self._read = None
        self._begin()

    def answer_whole(self, entry: Entry) -> None:
        """Take the answer that another call has asked for."""
        self._read = None
        self._answer_stored(self._backend.reads.cache.answer(entry))

    def _begin_journalled(self) -> None:
        request = self._request
        length = request.head.length
        if (
            request.method not in SAFE
            and (length is None or length <= MUTATION_BYTES)
            and self._backend.journal.takes(request.method, self._path)
        ):
            self._journalled = True
            if _KEY.lower() not in request.head.values:
                # With a key an attempt that broke off may be repeated, now or from the journal.
                self._extra = [(_KEY, uuid.uuid4().hex.encode())]
            self._run(self._prepare_journalled())
        else:
            self._begin()

    def _begin(self) -> None:
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
        except UpstreamUnreachable as error:
            self._unreachable(error)
        except HiveSyncError as error:
            self._refuse(error)
        except Exception:
            _log.exception("relayed call failed")
            self._refuse(InternalError("The agent failed; see its log."))

    async def _prepare_journalled(self) -> None:
        self._body = await self._request.collect(MUTATION_BYTES)
        if self._backend.journal.has_waiting():
            await self._queue()
        else:
            await self._prepare()

    async def _prepare(self) -> None:
        token = await self._backend.access.access_token() if self._signed else None
        length = self._request.head.length
        if self._body is None and length is not None and 0 < length <= REPLAYABLE_BYTES:
            self._body = await self._request.collect(REPLAYABLE_BYTES)
        await self._send(token)

    async def _send(self, token: str | None) -> None:
        self._ask(self._pool.take() or await self._pool.dial(), token)

    def _ask(self, connection: BackendConnection, token: str | None) -> None:
        self._connection, self._token = connection, token
        request, streams = self._request, self._streams
        headers = request_headers(
            request.head.raw, token, self._request_id, websocket=request.head.asks_for_websocket
        )
        validators = self._read.asked() if self._read is not None else []
        headers += [*self._extra, *validators, VIA, *self._framing()]
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
        length = self._request.head.length if self._body is None else len(self._body)
        if length is None:
            return [(b"Transfer-Encoding", b"chunked")]
        if length or self._request.method in ("POST", "PUT", "PATCH"):
            return [(b"Content-Length", b"%d" % length)]  # RFC 9110 §8.6: also when there is none
        return []

    async def _renew_and_repeat(self) -> None:
        self._skips_body, self._renewed = False, True
        await self._send(await self._backend.access.replace_token(self._token or ""))

    # --- offline --------------------------------------------------------------------------------------

    def _unreachable(self, error: UpstreamUnreachable) -> None:
        """Answer from the journal or the cache, where that is possible."""
        if self._journalled and not self._done:
            self._journalled = False
            self._run(self._queue())
            return
        request = self._request
        stored = self._backend.reads.cache.lookup(request.method, self._target, request.head.raw)
        if stored is None or not self._signed:
            self._refuse(error)
        else:
            self._end_read()
            self._answer_stored(stored, offline=True)

    async def _queue(self) -> None:
        self._journalled = False
        headers = [*request_headers(self._request.head.raw, None, None), *self._extra]
        key = dict(self._extra).get(_KEY) or self._request.head.values[_KEY.lower()]
        mutation = mutation_of(
            self._request.method,
            self._target,
            headers,
            self._body or b"",
            key.decode("latin-1"),
            self._client,
        )
        self._refuse(OfflineQueued(await self._backend.journal.accept(mutation)))

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
        """End the call, unless others wait for its answer, too."""
        self._done = True
        read = self._read
        if read is not None and not self._leads:
            read.leave(self)
        elif read is not None and read.wanted and self._connection is not None:
            self.resume_answering()
            return
        if self._task is not None:
            self._task.cancel()
        self._end_read()
        self._abandon()

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
        if head.status != 100 and self._request.version == "1.1" and not self._done:
            self._request.write_interim(interim_head(head))

    def head_came(self, head: AnswerHead) -> None:
        """Pass the head on, unless the token was refused and the call can be made again."""
        self._pool.answered()
        if head.status == _SWITCHING:
            self._switch(head)
            return
        if head.status == 401 and self._token is not None and not self._renewed:
            if not self._streams:
                self._skips_body = True
                return
            # Half of the body is gone: the client gets this refusal, and a fresh token the next time.
            self._backend.access.discard(self._token)
        if self._journalled and head.status in _AWAY:
            self._skips_body = self._away = True
            return
        if self._request.method not in SAFE:
            self._backend.reads.changed()
        if self._read is not None and (entry := self._read.head_came(head)) is not None:
            self._read = None
            self._skips_body = True
            self._answer_stored(self._backend.reads.cache.answer(entry))
            return
        if self._done and not (self._read is not None and self._read.wanted):
            self._end_read()
            self._abandon()  # the client has left, and those who followed ask for themselves
            return
        framed = framed_head(self._request, head)
        self._unsent, self._chunked, self._close = framed.data, framed.chunked, framed.close

    def body_came(self, data: bytes) -> None:
        """Pass a part of the body on, with the head if it still waits."""
        if self._skips_body:
            return
        if self._read is not None:
            self._read.body_came(data)
        if self._chunked:
            data = chunk(data)
        self._write(self._unsent + data if self._unsent else data)

    def nothing_more_now(self) -> None:
        """Let the head go, if its body takes its time."""
        if self._unsent:
            self._write(self._unsent)

    def body_ended(self) -> None:
        """End the answer."""
        if self._tunnel:
            self._request.half_close()
            return
        self._connection = None
        if self._skips_body:
            self._after_skipped()
            return
        read, self._read = self._read, None
        rest = self._unsent + LAST_CHUNK if self._chunked else self._unsent
        if rest:
            self._write(rest)
        if not self._done:
            self._done = True
            self._request.finish(close=self._close)
        if read is not None:
            read.body_ended()

    def answer_lost(self, lost: AnswerLost) -> None:
        """Try again where that is harmless and may help; else tell the client."""
        connection, self._connection = self._connection, None
        if self._skips_body:
            self._after_skipped()
        elif self._request.begun or self._unsent:
            # Only a broken connection tells the client that the body is not whole.
            _log.warning("answer broken off", extra={"path": self._path})
            self._end_read()
            if not self._done:
                self._done = True
                self._request.abort()
        elif connection is not None and self._pool.may_repeat(connection, lost, harmless=self._harmless):
            self._run(self._send(self._token))
        else:
            self._unreachable(lost.as_error())

    def pause_sending(self) -> None:
        """Take no more from the client than the backend takes."""
        self._request.pause_body()

    def resume_sending(self) -> None:
        """Go on."""
        self._request.resume_body()

    # --- inside ---------------------------------------------------------------------------------------

    @property
    def _harmless(self) -> bool:
        keyed = bool(self._extra) or _KEY.lower() in self._request.head.values
        return not self._streams and (self._request.method in IDEMPOTENT or keyed)

    def _write(self, data: bytes) -> None:
        self._unsent = b""
        if not self._done:
            self._request.write(data)

    def _switch(self, head: AnswerHead) -> None:
        if not self._request.head.asks_for_websocket:
            # A tunnel that nobody asked for would carry anything past the gate.
            self._abandon()
            self._refuse(AnswerLost(began=True, malformed=True).as_error())
            return
        self._tunnel = True
        self._request.write(switched_head(head))
        self._request.take_body(self)

    def _answer_stored(self, stored: StoredAnswer, *, offline: bool = False) -> None:
        if not self._done:
            self._done = True
            self._request.write(stored_answer(self._request, stored, offline=offline))
            self._request.finish()

    def _refuse(self, error: HiveSyncError) -> None:
        self._end_read()
        if not self._done:
            self._done = True
            self._request.refuse(error, self._request_id)

    def _after_skipped(self) -> None:
        if self._done and self._read is None:
            return  # it was a 304, and is answered
        self._run(self._queue() if self._away else self._renew_and_repeat())

    def _end_read(self) -> None:
        read, self._read = self._read, None
        if read is not None and self._leads:
            read.failed()

    def _abandon(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abandon()
