"""The bridge to the agent's own routes, which are aiohttp's: one request in, one answer out.

The gate has judged the head. What aiohttp sees is the request as llhttp understood it, written anew, on a
transport in memory; so a second reading can't find anything else in it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiohttp import web
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.gate.gate import LAST
from hivesync_agent.gate.request import Request
from hivesync_agent.log import request_id_of_task
from hivesync_agent.problems import BadRequest, InternalError, NotFound, problem_response
from hivesync_agent.wire.messages import LAST_CHUNK, chunk, head_bytes

_OPTIONS: dict[str, Any] = {"access_log": None, "auto_decompress": False, "lingering_time": 0}
_log = logging.getLogger("hivesync.gate")


class LocalRoutes:
    """Answers requests by an aiohttp application."""

    def __init__(self, runner: web.AppRunner) -> None:
        inner = runner.server
        if inner is None:
            raise RuntimeError("the application has no server")
        self._handle = inner.request_handler
        # A client that leaves cancels its handler.
        self._server = web.Server(
            self._answer, request_factory=inner.request_factory, handler_cancellation=True
        )

    def begin(self, request: Request) -> None:
        """Hand a request over."""
        transport = LocalTransport(request)
        transport.start(LocalHandler(self._server, transport))

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        # The task of a handler inherits the id that the gate gave.
        try:
            return await self._handle(request)
        except HiveSyncError as error:
            return _refusal(request, error)
        except web.HTTPException as error:
            return _refusal(request, _from_aiohttp(error))
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception:
            _log.exception("request failed")
            return _refusal(request, InternalError("The agent failed; see its log."))


class LocalHandler(web.RequestHandler):
    """aiohttp's side of one request."""

    __slots__ = ("_answered_to",)

    def __init__(self, server: web.Server, transport: LocalTransport) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), **_OPTIONS)
        self._answered_to = transport

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Tell the bridge that the answer is complete."""
        result = await super().finish_response(request, resp, start_time)
        self._answered_to.answered(keep_alive=bool(result[0].keep_alive))
        return result

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Log the kind of a failure only: its message may quote what was sent."""
        _log.error("connection failed", extra={"error": type(kw.get("exc_info")).__name__})


class LocalTransport(asyncio.Transport):
    """The transport that aiohttp writes to, and the exchange that the request knows."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self._request = request
        self._handler: LocalHandler | None = None
        self._chunked = request.head.length is None
        self._ended = False

    def start(self, handler: LocalHandler) -> None:
        """Begin: head first, then the body as it comes."""
        request = self._request
        request.exchange = self
        self._handler = handler
        handler.connection_made(self)
        line = f"{request.method} {request.target} HTTP/{request.version}".encode("ascii")
        handler.data_received(head_bytes(line, request.head.raw))
        if request.head.length != 0:
            request.take_body(self)

    def answered(self, *, keep_alive: bool) -> None:
        """End the request; aiohttp's connection has served its only one."""
        if not self._ended:
            self._ended = True
            self._request.finish(close=not keep_alive)
            self._lose(None)

    # --- gate.request.Exchange ------------------------------------------------------------------------

    def upload_came(self, data: bytes) -> None:
        """Hand a part of the body to aiohttp."""
        if self._handler is not None:
            self._handler.data_received(chunk(data) if self._chunked else data)

    def upload_ended(self) -> None:
        """End the body; one with a length ends by itself."""
        if self._handler is not None and self._chunked:
            self._handler.data_received(LAST_CHUNK)

    def client_left(self) -> None:
        """Cancel the handler."""
        self._ended = True
        self._lose(None)

    def pause_answering(self) -> None:
        """Let the handler wait before it writes on."""
        if self._handler is not None:
            self._handler.pause_writing()

    def resume_answering(self) -> None:
        """Let the handler write on."""
        if self._handler is not None:
            self._handler.resume_writing()

    def session_ended(self) -> None:
        """Go on: the agent's own answers say by themselves what has changed."""

    def _lose(self, error: Exception | None) -> None:
        handler, self._handler = self._handler, None
        if handler is not None:
            asyncio.get_running_loop().call_soon(handler.connection_lost, error)

    # --- asyncio.Transport ----------------------------------------------------------------------------

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Know nothing: there is no socket of its own."""
        return default

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Pass bytes of the answer on."""
        if not self._ended:
            self._request.write(bytes(data))

    def is_closing(self) -> bool:
        """Tell whether the answer has ended."""
        return self._ended

    def close(self) -> None:
        """End an answer that aiohttp gives up."""
        if not self._ended:
            self._ended = True
            self._request.abort()
            self._lose(None)

    def abort(self) -> None:
        """The same: a client must not take half an answer for a whole one."""
        self.close()

    def pause_reading(self) -> None:
        """Pass aiohttp's pressure on to the client."""
        self._request.pause_body()

    def resume_reading(self) -> None:
        """Let the client send on."""
        self._request.resume_body()


def _refusal(request: web.BaseRequest, error: HiveSyncError) -> web.Response:
    response = problem_response(error, request_id_of_task.get())
    if error.status in LAST or request.can_read_body:
        response.headers["Connection"] = "close"
        response.force_close()
    return response


def _from_aiohttp(error: web.HTTPException) -> HiveSyncError:
    if error.status == 404:
        return NotFound("The agent has no such route.")
    if error.status < 500:
        return BadRequest(error.reason or "The request is malformed.", status=error.status)
    return InternalError("The agent failed; see its log.")
