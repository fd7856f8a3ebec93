"""The event stream of an agent on the stage, which a scenario sends through, and cuts."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from hivesync_dev.conformance.agent import StagedAgent
from hivesync_dev.conformance.backend import StagedBackend
from hivesync_dev.conformance.expectation import Mismatch
from hivesync_dev.waiting import holds

_LOOK_SECONDS = 0.05
_COMMENT_SECONDS = 1.0
"""The real one comments every 15 s."""


class EventSource:
    """`requests` are the headers of each connection to the stream so far."""

    def __init__(self, agent: StagedAgent) -> None:
        self.requests: list[Mapping[str, str]] = []
        self._agent = agent
        self._transcript = agent.transcript
        self._open: list[tuple[web.Request, web.StreamResponse]] = []
        agent.on("GET", "/v1/events", self._serve)

    async def connected(self, times: int) -> None:
        """Wait until the stream has been opened so many times."""
        seconds = self._agent.patience_seconds
        try:
            await holds(lambda: len(self.requests) >= times, deadline_seconds=seconds)
        except TimeoutError:
            raise Mismatch(
                f"the event stream is opened {times} times within {seconds:g} s",
                f"{len(self.requests)} times",
            ) from None

    async def send(self, event_id: str, event_type: str, data: Any) -> None:
        """Send an event to the connection that was opened last."""
        text = f"id: {event_id}\nevent: {event_type}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
        self._transcript.note("events", f"→ {event_id} {event_type}")
        await self.send_raw(text.encode())

    async def send_raw(self, content: bytes) -> None:
        """Send bytes."""
        await self._open[-1][1].write(content)

    async def cut(self) -> None:
        """Break the connection."""
        request, _ = self._open[-1]
        if request.transport is not None:
            request.transport.abort()
        self._transcript.note("events", "the stream is cut")

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        await response.write(b": welcome\n\n")
        self._open.append((request, response))
        self.requests.append(dict(request.headers))
        # aiohttp lets a handler go on when its client has left.
        while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_SECONDS)
        return response


def keep_open(backend: StagedBackend) -> None:
    """Give the backend an event stream too, on which nothing happens but its comments."""

    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):  # the client has left
            while True:
                await response.write(b": alive\n\n")
                await asyncio.sleep(_COMMENT_SECONDS)
        return response

    backend.on("GET", "/api/v1/events", serve)
