"""The stream of a user's events: server-sent events that can be resumed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from hivesync_contract.events import EventType, PreviewEvent, ResetEvent
from pydantic import TypeAdapter

from hivesync_server.auth.dependencies import CurrentPrincipal, Principal, is_alive
from hivesync_server.events.repository import EventRepository
from hivesync_server.events.tables import EventRow
from hivesync_server.previews.links import PreviewLinks
from hivesync_server.resources import Resources, ResourcesDep

POLL_SECONDS = 2.0
"""How late an event of another process may be; those of this one come at once."""

_BATCH = 100
_PREVIEW_EVENT = TypeAdapter(PreviewEvent)
_RESET = TypeAdapter(ResetEvent)

router = APIRouter(tags=["events"])


@router.get("/events", response_class=EventSourceResponse)
async def stream(
    resources: ResourcesDep,
    principal: CurrentPrincipal,
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Follow what happens: `preview.state`, `session.changed`, and `reset` when a gap can't be filled."""
    follower = _Follower(resources, principal)
    with resources.hub.listener(principal.user_id) as woken:
        async for event in follower.start(last_event_id):
            yield event
        while not resources.hub.closed:
            woken.clear()
            for event in await follower.news():
                yield event
            if not follower.signed_in:
                return
            await _wait(woken)


async def _wait(woken: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(POLL_SECONDS):
            await woken.wait()
    except TimeoutError:
        return


@dataclass(slots=True)
class _Follower:
    """Where one listener stands."""

    resources: Resources
    principal: Principal
    position: int = 0
    signed_in: bool = True

    async def start(self, last_event_id: str | None) -> AsyncIterator[ServerSentEvent]:
        """Find the place to go on from. The first message tells it, so that even a quiet stream resumes."""
        async with self.resources.database.transaction(writes=False) as transaction:
            oldest, last = await EventRepository(transaction.session).bounds(self.principal.user_id)
        wanted = _number(last_event_id)
        missed = last_event_id is not None and not oldest - 1 <= wanted <= last
        self.position = last if missed or last_event_id is None else wanted
        yield ServerSentEvent(comment="following", id=str(self.position))
        if missed:
            data = _RESET.dump_json(ResetEvent(self.resources.clock())).decode()
            yield ServerSentEvent(event=EventType.RESET.value, id=str(self.position), raw_data=data)

    async def news(self) -> list[ServerSentEvent]:
        """Give what came since, and note whether the session or key still lives."""
        async with self.resources.database.transaction(writes=False) as transaction:
            alive = await is_alive(self.principal, transaction, self.resources.clock())
            rows = await EventRepository(transaction.session).after(
                self.principal.user_id, self.position, _BATCH
            )
        self.signed_in = alive
        if rows:
            self.position = rows[-1].number
        return [self._rendered(row) for row in rows]

    def _rendered(self, row: EventRow) -> ServerSentEvent:
        data = row.data
        if row.type == EventType.PREVIEW_STATE:
            # A stored link would have expired by the time that a sleeping laptop catches up.
            event = _PREVIEW_EVENT.validate_json(data)
            data = _PREVIEW_EVENT.dump_json(
                replace(event, preview=self._links().add_to(event.preview))
            ).decode()
        return ServerSentEvent(event=row.type, id=str(row.number), raw_data=data)

    def _links(self) -> PreviewLinks:
        settings, now = self.resources.settings.worker, self.resources.clock()
        return PreviewLinks(settings, self.principal.user_id, self.principal.tier, now)


def _number(last_event_id: str | None) -> int:
    """Give an id's number, or one that no event has."""
    if last_event_id and last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) <= 18:
        return int(last_event_id)
    return -1
