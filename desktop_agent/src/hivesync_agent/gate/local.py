"""The agent's own routes: one task for each request that the gate has admitted. Parses nothing itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Iterable
from contextlib import aclosing

from hivesync_contract.errors import HiveSyncError

from hivesync_agent.gate.gate import LAST
from hivesync_agent.gate.request import Request
from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.local_api.route import Route
from hivesync_agent.local_api.table import RouteTable
from hivesync_agent.problems import InternalError
from hivesync_agent.response import EventStream, Response
from hivesync_agent.tasks import BackgroundTasks
from hivesync_agent.wire.messages import LAST_CHUNK, chunk

_log = logging.getLogger("hivesync.gate")


class LocalRoutes:
    """Answers requests by the handlers of a route table."""

    def __init__(self, routes: Iterable[Route], tasks: BackgroundTasks) -> None:
        self._table = RouteTable(routes)
        self._tasks = tasks

    def begin(self, request: Request, path: str, query: str, request_id: str) -> None:
        """Begin to answer; raise `NotFound` or `MethodNotAllowed` before anything is sent."""
        route, parameters = self._table.find(request.method, path)
        call = LocalCall(request, request_id)
        request.exchange = call
        # The task inherits the request's id for the log.
        call.task = self._tasks.spawn(
            "local-request", call.answer(route.handler(LocalRequest(request, parameters, query)))
        )


class LocalCall:
    """The exchange of one local request: a client that leaves cancels its handler."""

    def __init__(self, request: Request, request_id: str) -> None:
        self._request = request
        self._request_id = request_id
        self._takes_more = asyncio.Event()
        self._takes_more.set()
        self.task: asyncio.Task[None] | None = None

    async def answer(self, work: Awaitable[Response | EventStream]) -> None:
        """Send what the handler gives."""
        try:
            response = await work
            if isinstance(response, EventStream):
                await self._stream(response)
            else:
                self._request.reply(response)
        except HiveSyncError as error:
            self._refuse(error)
        except Exception:
            _log.exception("request failed")
            self._refuse(InternalError("The agent failed; see its log."))

    async def _stream(self, stream: EventStream) -> None:
        request = self._request
        chunked = request.version != "1.0"
        close = not (chunked and request.keep_alive and request.body_complete)
        request.write(stream.head(chunked=chunked, close=close))
        async with aclosing(stream.parts) as parts:
            async for part in parts:
                request.write(chunk(part) if chunked else part)
                await self._takes_more.wait()
        if chunked:
            request.write(LAST_CHUNK)
        request.finish(close=close)

    def _refuse(self, error: HiveSyncError) -> None:
        self._request.refuse(error, self._request_id, close=error.status in LAST)

    # --- gate.request.Exchange ------------------------------------------------------------------------

    def upload_came(self, data: bytes) -> None:
        """Handlers collect their bodies through the request."""

    def upload_ended(self) -> None:
        """See `upload_came`."""

    def client_left(self) -> None:
        """End the handler: nobody waits for what it does."""
        if self.task is not None:
            self.task.cancel()

    def pause_answering(self) -> None:
        """Let a stream wait until the client takes more."""
        self._takes_more.clear()

    def resume_answering(self) -> None:
        """Let it go on."""
        self._takes_more.set()

    def session_ended(self) -> None:
        """Go on: the agent's own answers say by themselves what has changed."""
