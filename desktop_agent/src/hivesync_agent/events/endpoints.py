"""`GET /v1/events`: the bus as server-sent events. Refuses to buffer for a client that does not read."""

from __future__ import annotations

import asyncio

from aiohttp import web
from hivesync_contract import headers
from hivesync_contract.errors import ErrorCode

from hivesync_agent import VERSION
from hivesync_agent.events.bus import Event, EventBus, Subscription
from hivesync_agent.local_api.route import EVENT_STREAM, Route, get

COMMENT_SECONDS = 15.0
"""A comment this often shows both ends that the connection lives."""


class EventRoutes:
    """The route of the events."""

    def __init__(self, bus: EventBus, *, comment_seconds: float = COMMENT_SECONDS) -> None:
        self._bus = bus
        self._comment_seconds = comment_seconds

    def routes(self) -> list[Route]:
        """Give the route table."""
        resume = {"Last-Event-ID": "the last event that arrived; those after it come first"}
        return [
            get(
                "/v1/events",
                self.stream,
                {200: EVENT_STREAM},
                headers=resume,
                errors=(ErrorCode.RATE_LIMITED,),
            )
        ]

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Send events until the client leaves, falls behind, or the agent stops."""
        client, _, _ = request.headers.get(headers.CLIENT, "").partition("/")
        subscription = self._bus.subscribe(request.headers.get("Last-Event-ID"), client)
        response = web.StreamResponse(
            headers={
                headers.AGENT: VERSION,
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        try:
            await response.prepare(request)
            await response.write(b": hivesync\n\n")
            await self._send(response, subscription)
        finally:
            self._bus.unsubscribe(subscription)
        return response

    async def _send(self, response: web.StreamResponse, subscription: Subscription) -> None:
        while True:
            try:
                async with asyncio.timeout(self._comment_seconds):
                    events = await subscription.next()
            except TimeoutError:
                content = b": alive\n\n"
            else:
                if not events:
                    return
                content = b"".join(encode_event(event) for event in events)
            await response.write(content)  # the gate ends a client that takes nothing


def encode_event(event: Event) -> bytes:
    """Give the event in the stream's format. JSON as we write it holds no line break."""
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (event.id.encode(), event.type.encode(), event.data)
