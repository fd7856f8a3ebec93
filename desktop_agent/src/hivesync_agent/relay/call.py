"""One relayed call, from a judged head to the last byte of the answer. Keeps no copy of what passes.

What needs no waiting (a token at hand, an open connection, no body) runs inside the callbacks of the two
sockets, without a task: that is nearly every call. Whatever waits does so in one task that the call owns.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from hivesync_contract.errors import HiveSyncError

from hivesync_agent.backend.connection import BackendConnection
from hivesync_agent.backend.failures import AnswerLost, UpstreamUnreachable
from hivesync_agent.gate.request import Request
from hivesync_agent.problems import Conflicting, InternalError
from hivesync_agent.relay.journal import Journal
from hivesync_agent.relay.policy import needs_session
from hivesync_agent.relay.question import Question
from hivesync_agent.relay.reads import Reads
from hivesync_agent.relay.reply import Reply
from hivesync_agent.session.protocol import SessionAccess
from hivesync_agent.session.subject import subject_of
from hivesync_agent.tasks import BackgroundTasks
from hivesync_agent.upstream import SAFE, Upstream
from hivesync_agent.wire.messages import AnswerHead, RawHeader

_SWITCHING = 101
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

    __slots__ = (
        "_backend",
        "_connection",
        "_path",
        "_question",
        "_renewed",
        "_reply",
        "_request",
        "_signed",
        "_skips_body",
        "_task",
        "_token",
        "_tunnel",
    )

    def __init__(self, backend: Backend, request: Request, path: str, target: str, request_id: str) -> None:
        self._backend = backend
        self._request = request
        self._path = path
        self._question = Question(request, target, request_id)
        self._reply = Reply(request)
        self._signed = needs_session(request.method, path)
        self._token: str | None = None
        self._connection: BackendConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._renewed = self._tunnel = False
        self._skips_body = False
        """The answer at hand is not passed on, as when a token was refused and the call is made again."""

    # --- asking ---------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Ask at once if nothing has to be waited for."""
        token = self._backend.access.current() if self._signed else None
        if self._request.head.length == 0 and (token is not None or not self._signed):
            connection = self._backend.upstream.pool.take()
            if connection is not None:
                self._ask(connection, token)
                return
        self._run(self._prepare())

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

    async def _prepare(self) -> None:
        token = await self._backend.access.access_token() if self._signed else None
        await self._question.collect_small_body()
        await self._send(token)

    async def _send(self, token: str | None) -> None:
        self._token = token  # from here on the call belongs to the session that this is of
        pool = self._backend.upstream.pool
        self._ask(pool.take() or await pool.dial(), token)

    def _ask(self, connection: BackendConnection, token: str | None) -> None:
        self._connection, self._token = connection, token
        request, question = self._request, self._question
        streams = question.streams
        connection.ask(
            question.as_bytes(self._backend.upstream, token, self._validators()),
            self,
            head_only=request.method == "HEAD",
            body_follows=streams,
            chunked=streams and request.head.length is None,
        )
        if streams:
            request.ask_for_body()
            request.take_body(self)

    async def _renew_and_repeat(self) -> None:
        self._skips_body, self._renewed = False, True
        refused, self._token = self._token or "", None
        token = await self._backend.access.replace_token(refused)
        if self._request.method not in SAFE and subject_of(token) != subject_of(refused):
            raise Conflicting("Another account has signed in meanwhile, so this was not done; try again.")
        await self._send(token)

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
        """End the call."""
        self._reply.done = True
        if self._task is not None:
            self._task.cancel()
        self._abandon()

    def pause_answering(self) -> None:
        """Take no more from the backend than the client takes."""
        if self._connection is not None:
            self._connection.pause()

    def resume_answering(self) -> None:
        """Go on."""
        if self._connection is not None:
            self._connection.resume()

    def session_ended(self) -> None:
        """Let nothing of an ended session pass any more. A read is broken off, or asked for anew if nothing
        of its answer has gone out. A write goes on, so that whoever made it hears what became of it.
        """
        if self._token in (None, self._backend.access.current()):
            return  # not asked yet, or asked anew already
        if self._request.method not in SAFE or self._skips_body or self._reply.done:
            return
        if self._task is not None:
            self._task.cancel()
        self._abandon()
        self._give_up()
        if self._reply.begun:
            self._reply.break_off()
        else:
            self._token = None
            self._run(self._prepare())

    # --- backend.taker.AnswerTaker: what the backend does ---------------------------------------------

    def interim_came(self, head: AnswerHead) -> None:
        """Pass a 1xx on."""
        self._reply.interim(head)

    def head_came(self, head: AnswerHead) -> None:
        """Pass the head on, unless the token was refused and the call can be made again."""
        backend = self._backend
        backend.upstream.pool.answered()
        if head.status == _SWITCHING:
            self._switch(head)
            return
        if head.status == 401 and self._token is not None and not self._renewed:
            if not self._question.streams:
                self._skips_body = True
                return
            # Half of the body is gone: the client gets this refusal, and a fresh token the next time.
            backend.access.discard(self._token)
        self._pass_head(head)

    def body_came(self, data: bytes) -> None:
        """Pass a part of the body on."""
        if not self._skips_body:
            self._pass_part(data)

    def nothing_more_now(self) -> None:
        """Let the head go, if its body takes its time."""
        self._reply.flush()

    def body_ended(self) -> None:
        """End the answer."""
        if self._tunnel:
            self._request.half_close()
            return
        self._connection = None
        if self._skips_body:
            self._after_skipped()
        else:
            self._pass_end()

    def answer_lost(self, lost: AnswerLost) -> None:
        """Try again where that is harmless and may help; else tell the client."""
        connection, self._connection = self._connection, None
        pool = self._backend.upstream.pool
        if self._skips_body:
            self._after_skipped()
        elif self._reply.begun:
            _log.warning("answer broken off", extra={"path": self._path})
            self._give_up()
            self._reply.break_off()
        elif connection is not None and pool.may_repeat(connection, lost, harmless=self._question.harmless):
            self._run(self._send(self._token))
        else:
            self._unreachable(lost.as_error())

    def pause_sending(self) -> None:
        """Take no more from the client than the backend takes."""
        self._request.pause_body()

    def resume_sending(self) -> None:
        """Go on."""
        self._request.resume_body()

    # --- what special calls do otherwise --------------------------------------------------------------

    def _validators(self) -> list[RawHeader]:
        """Give headers that make the question conditional."""
        return []

    def _pass_head(self, head: AnswerHead) -> None:
        """Pass on the head of the backend's last word."""
        if self._request.method not in SAFE:
            self._backend.reads.changed()
        if self._reply.done:
            self._abandon()  # the client has left
        else:
            self._reply.begin(head)

    def _pass_part(self, data: bytes) -> None:
        self._reply.part(data)

    def _pass_end(self) -> None:
        self._reply.end()

    def _after_skipped(self) -> None:
        """Go on after an answer that was not for the client."""
        self._run(self._renew_and_repeat())

    def _give_up(self) -> None:
        """No whole answer of the backend will come to this call."""

    # --- inside ---------------------------------------------------------------------------------------

    def _switch(self, head: AnswerHead) -> None:
        if not self._request.head.asks_for_websocket:
            # A tunnel that nobody asked for would carry anything past the gate.
            self._abandon()
            self._refuse(AnswerLost(began=True, malformed=True).as_error())
            return
        self._tunnel = True
        self._reply.switch(head)
        self._request.take_body(self)

    def _unreachable(self, error: UpstreamUnreachable) -> None:
        """Answer from the cache, if it knows."""
        request = self._request
        stored = self._backend.reads.cache.lookup(request.method, self._question.target, request.head.raw)
        if stored is None or not self._signed:
            self._refuse(error)
        else:
            self._give_up()
            self._reply.give(stored, offline=True)

    def _refuse(self, error: HiveSyncError) -> None:
        self._give_up()
        self._reply.refuse(error, self._question.request_id)

    def _abandon(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abandon()
