"""`GET /v1/events`: the bus as server-sent events. Refuses to buffer for a client that does not read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from hivesync_contract import headers
from hivesync_contract.errors import ErrorCode

from hivesync_agent.events.bus import Event, EventBus, Subscription
from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.local_api.route import EVENT_STREAM, Route, get
from hivesync_agent.response import EventStream

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

    async def stream(self, request: LocalRequest) -> EventStream:
        """Send events until the client leaves, falls behind, or the agent stops."""
        client, _, _ = (request.header(headers.CLIENT) or "").partition("/")
        return EventStream(self._parts(self._bus.subscribe(request.header("Last-Event-ID"), client)))

    async def _parts(self, subscription: Subscription) -> AsyncGenerator[bytes, None]:
        try:
            yield b": hivesync\n\n"
            while True:
                try:
                    async with asyncio.timeout(self._comment_seconds):
                        events = await subscription.next()
                except TimeoutError:
                    yield b": alive\n\n"
                else:
                    if not events:
                        return
                    # The gate ends a client that takes nothing.
                    yield b"".join(encode_event(event) for event in events)
        finally:
            self._bus.unsubscribe(subscription)


def encode_event(event: Event) -> bytes:
    """Give the event in the stream's format. JSON as we write it holds no line break."""
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (event.id.encode(), event.type.encode(), event.data)
