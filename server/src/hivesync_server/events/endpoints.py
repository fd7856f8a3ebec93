"""The stream of a user's events: server-sent events that can be resumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.types import Receive, Send

from hivesync_server.auth.dependencies import CurrentPrincipal, Principal
from hivesync_server.events import messages
from hivesync_server.events.repository import EventRepository
from hivesync_server.events.stream import Stream
from hivesync_server.http.handover import OpenAnswer
from hivesync_server.resources import Resources, ResourcesDep

_BATCH = 100
_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}

router = APIRouter(tags=["events"])


@dataclass(frozen=True, slots=True)
class _Listening:
    """One listener: it catches up, then leaves its stream to the pump and waits until it goes."""

    resources: Resources
    principal: Principal
    last_event_id: str | None

    async def go_on(self, receive: Receive, send: Send) -> None:
        """Send what happens until the listener or the server goes."""
        stream = Stream(self.principal, send)
        leave = self.resources.hub.join(stream)
        try:
            await self._catch_up(stream, send)
            stream.go_live()
            # For what was committed, or revoked, while it was not.
            self.resources.hub.wake(self.principal.user_id)
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            leave()

    async def _catch_up(self, stream: Stream, send: Send) -> None:
        database, now = self.resources.database, self.resources.clock()
        async with database.transaction(writes=False) as transaction:
            oldest, last = await EventRepository(transaction.session).bounds(self.principal.user_id)
        wanted = _number(self.last_event_id)
        missed = self.last_event_id is not None and not oldest - 1 <= wanted <= last
        stream.position = last if missed or self.last_event_id is None else wanted
        beginning = messages.following(stream.position)
        await _send(send, beginning + messages.reset(stream.position, now) if missed else beginning)
        settings = self.resources.settings.worker
        who = self.principal.user_id, self.principal.session_id, self.principal.tier
        renderer = messages.Renderer(settings, *who, now)
        while stream.position < last and not stream.ending:
            async with database.transaction(writes=False) as transaction:
                events = await EventRepository(transaction.session).after(
                    self.principal.user_id, stream.position, _BATCH
                )
            if not events:
                return
            if data := b"".join(renderer.render(event).data for event in events):
                await _send(send, data)
            stream.position = events[-1].number


async def _send(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})


@router.get(
    "/events",
    status_code=200,
    response_class=OpenAnswer,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def stream(
    resources: ResourcesDep,
    principal: CurrentPrincipal,
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
) -> OpenAnswer:
    """Follow what happens to everything that the user can see.

    The data of each type is described by the contract's schemas. `reset` comes when a gap can't be filled.
    """
    listening = _Listening(resources, principal, last_event_id)
    return OpenAnswer(listening.go_on, "text/event-stream", _HEADERS)


def _number(last_event_id: str | None) -> int:
    """Give an id's number, or one that no event has."""
    if last_event_id and last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) <= 18:
        return int(last_event_id)
    return -1
