"""Outermost of all, and only where traces are made: one span per request, named by the route's template."""

from __future__ import annotations

from dataclasses import dataclass

from hivesync_contract import headers
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hivesync_server.adapters.tracing import TRACEPARENT, Span, Tracing
from hivesync_server.http.request_context import route_of
from hivesync_server.monitoring.metrics import METHODS


@dataclass(frozen=True, slots=True)
class TracedRequests:
    """ASGI middleware; see the module."""

    app: ASGIApp
    tracing: Tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; other scopes pass through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with self.tracing.request(Headers(scope=scope).get(TRACEPARENT, "")) as span:

            async def send_noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _note(span, scope, message)
                await send(message)

            await self.app(scope, receive, send_noted)


def _note(span: Span, scope: Scope, message: Message) -> None:
    method = scope["method"] if scope["method"] in METHODS else "_OTHER"
    route, status = route_of(scope), int(message["status"])
    answered = Headers(raw=message["headers"])
    span.rename(f"{method} {route}")
    span.note(
        http__request__method=method,
        http__route=route,
        http__response__status_code=status,
        hivesync__request_id=answered.get(headers.REQUEST_ID, ""),
    )
    if status >= 500:
        span.fail(str(status))
    if answered.get("content-type", "").startswith("text/event-stream"):
        span.end()  # a stream goes on for hours, and nobody would hear of it before
