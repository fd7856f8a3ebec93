"""Answers that stay open for long: they are begun by a route like any other, and go on outside of it.

A route's answer is sent within a dozen layers (exit stacks, middlewares, the router), each of which holds
memory until the answer ends. Ten thousand open streams would hold them ten thousand times.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

Continuation = Callable[[Receive, Send], Awaitable[None]]

_KEY = "hivesync.handover"
_KEPT = frozenset({"type", "method", "path", "path_params", "route", "client", "headers", "state"})
"""What those who began the answer say of it at its end: see `RequestContext`."""


class OpenAnswer(Response):
    """Sends status and headers; `go_on` sends the body, once the layers around the route are left."""

    def __init__(self, go_on: Continuation, media_type: str, headers: dict[str, str]) -> None:
        super().__init__(media_type=media_type, headers=headers)
        del self.headers["content-length"]
        self._go_on = go_on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin the answer and leave a note for `Handover`."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        scope[_KEY].append(self._go_on)


@dataclass(frozen=True, slots=True)
class Handover:
    """ASGI middleware that goes on with open answers; it belongs as far outside as may be."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        notes: list[Continuation] = []
        scope[_KEY] = notes
        await self.app(scope, receive, send)
        if notes:
            go_on = notes.pop()
            _forget_route(scope)
            await go_on(receive, send)


def _forget_route(scope: Scope) -> None:
    """Let go of what the route was answered with: its services, exit stacks, and the room for them."""
    kept = {name: value for name, value in scope.items() if name in _KEPT}
    scope.clear()
    scope.update(kept)
