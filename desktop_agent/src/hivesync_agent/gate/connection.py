"""One connection to the agent: limits on the head, and parser errors as proper problems.

Refuses slow and huge heads before a handler exists for them. aiohttp closes an idle connection, but
gives a head that trickles in as long as an idle connection, and answers parser errors with plain text
and a traceback in the log (which would hold the offending bytes, so possibly a token).
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.gate.rules import HEAD_BYTES
from hivesync_agent.problems import BadRequest, InternalError, TooLarge, problem_response

HEAD_SECONDS = 10.0
MAX_CONNECTIONS = 512
"""More than every editor of a machine opens; a bound on what a runaway plugin can make us hold."""

_log = logging.getLogger("hivesync.gate")


class GuardedConnection(web.RequestHandler):
    """aiohttp's connection with a deadline and a size for the head."""

    __slots__ = ("_head_bytes", "_head_deadline")

    def __init__(self, manager: web.Server, *, loop: asyncio.AbstractEventLoop, **kwargs: Any) -> None:
        super().__init__(manager, loop=loop, **kwargs)
        self._head_bytes = 0
        self._head_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection unless there are too many."""
        super().connection_made(transport)
        manager = self._manager
        if manager is not None and len(manager.connections) > MAX_CONNECTIONS:
            _log.warning("too many connections")
            self.force_close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the deadline with the connection."""
        self._end_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, then watch the head if it is not complete yet."""
        super().data_received(data)
        waiter = self._waiter
        if waiter is None or waiter.done():
            # A handler is running or about to: this was the end of a head, or a body.
            self._end_head()
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES:
            self._refuse_head(TooLarge("The head of the request is too large.", status=431))
        elif self._head_deadline is None:
            self._head_deadline = self._loop.call_later(HEAD_SECONDS, self._head_too_slow)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what the parser refused. The bytes themselves reach neither answer nor log."""
        error = _parser_error(status, exc)
        _log.info("request refused by the parser", extra={"status": error.status})
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun already")
        return closing(problem_response(error))

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Log the kind of a failure only: a parser's message quotes what was sent."""
        error = kw.get("exc_info")
        _log.error("connection failed", extra={"error": type(error).__name__})

    def _head_too_slow(self) -> None:
        self._refuse_head(BadRequest("The head of the request came too slowly.", status=408))

    def _refuse_head(self, error: HiveSyncError) -> None:
        # No request exists yet, so the answer is written to the socket itself.
        if self.transport is not None:
            self.transport.write(_raw_answer(closing(problem_response(error))))
        self._end_head()
        self.force_close()

    def _end_head(self) -> None:
        self._head_bytes = 0
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None


class GuardedServer(web.Server):
    """Makes guarded connections for a handler; options go to aiohttp's connection."""

    def __init__(self, handler: Any, *, request_factory: Any, **options: Any) -> None:
        # A client that leaves cancels its handler, and with it the call to the backend.
        super().__init__(handler, request_factory=request_factory, handler_cancellation=True)
        self._options = options

    def __call__(self) -> web.RequestHandler:
        """Make the protocol object of a new connection."""
        return GuardedConnection(self, loop=self._loop, **self._options)


def closing(response: web.Response) -> web.Response:
    """Let an answer be the connection's last, and say so in every version of HTTP."""
    response.headers["Connection"] = "close"
    response.force_close()
    return response


def _parser_error(status: int, exc: BaseException | None) -> HiveSyncError:
    if isinstance(exc, LineTooLong) or (exc is not None and "Too many headers" in str(exc)):
        return TooLarge("The head of the request is too large.", status=431)
    if status < 500:
        return BadRequest("The request is not well-formed HTTP/1.1.")
    return InternalError("The agent failed; see its log.")


def _raw_answer(response: web.Response) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {response.reason}"]
    body = response.body
    content = bytes(body) if isinstance(body, (bytes, bytearray)) else b""
    lines += [f"{name}: {value}" for name, value in response.headers.items() if name != "Content-Length"]
    lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + content
