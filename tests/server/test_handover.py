"""An answer that stays open holds nothing of the route that began it."""

from __future__ import annotations

import weakref

from hivesync_server.http.handover import Handover, OpenAnswer
from starlette.types import Message, Receive, Scope, Send


class _Service:
    """What a route may have been answered with."""


async def test_what_a_route_used_is_let_go_before_its_answer_goes_on() -> None:
    used: list[weakref.ref[_Service]] = []
    sent: list[Message] = []

    async def go_on(receive: Receive, send: Send) -> None:
        assert used[0]() is None
        await send({"type": "http.response.body", "body": b"on", "more_body": False})

    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        scope["services"] = [_Service()]
        used.append(weakref.ref(scope["services"][0]))
        await OpenAnswer(go_on, "text/event-stream", {})(scope, receive, send)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "method": "GET", "path": "/events", "state": {"user_id": "ann"}}
    await Handover(route)(scope, receive, send)

    assert sent[-1]["body"] == b"on"
    # The line in the log at its end tells of these.
    assert scope == {"type": "http", "method": "GET", "path": "/events", "state": {"user_id": "ann"}}
