"""Brings new events from the database to the streams of those who were woken: many users with one query.

An idle stream costs no query. The pump also ends the streams whose session or key no longer counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database
from hivesync_server.auth.dependencies import living
from hivesync_server.auth.principal import Principal
from hivesync_server.background.loop import Loop
from hivesync_server.events.hub import EventHub
from hivesync_server.events.messages import Message, Renderer
from hivesync_server.events.repository import EventRepository, StoredEvent
from hivesync_server.events.stream import Stream
from hivesync_server.settings.groups import WorkerSettings

USERS_BATCH = 500
EVENTS_BATCH = 2000
_RETRY_SECONDS = 1.0

Woken = Mapping[str, Sequence[Stream]]


@dataclass(frozen=True, slots=True)
class EventPump:
    """One per process."""

    database: Database
    hub: EventHub
    clock: Clock
    settings: WorkerSettings

    async def run(self) -> None:
        """Work until cancelled."""
        await Loop("event pump", self.step, self.hub.looked_for, _RETRY_SECONDS).run()

    async def step(self) -> bool:
        """Look at some of the users who were woken; tell whether there were any."""
        woken = self.hub.take_woken(USERS_BATCH)
        if not woken:
            return False
        # Streams move on while we read; one that was further back than this must not get a gap.
        since = {user_id: min(stream.position for stream in streams) for user_id, streams in woken.items()}
        try:
            events, alive = await self._read(woken, since)
        except BaseException:
            self.hub.put_back(woken)
            raise
        for user_id, streams in woken.items():
            self._deliver(streams, since[user_id], events.get(user_id, []), alive)
        return True

    async def _read(
        self, woken: Woken, since: Mapping[str, int]
    ) -> tuple[dict[str, list[StoredEvent]], frozenset[str]]:
        principals = [stream.principal for streams in woken.values() for stream in streams]
        async with self.database.transaction(writes=False) as transaction:
            # In this order: the event that tells of a session's end is there once the session has ended.
            alive = await living(principals, transaction, self.clock())
            found = await EventRepository(transaction.session).since(since, EVENTS_BATCH)
        events: dict[str, list[StoredEvent]] = {}
        for event in found:
            events.setdefault(event.user_id, []).append(event)
        if len(found) == EVENTS_BATCH:
            unread = woken.keys() - events.keys()
            self.hub.put_back([found[-1].user_id, *unread])
        return events, alive

    def _deliver(
        self, streams: Sequence[Stream], since: int, events: Sequence[StoredEvent], alive: frozenset[str]
    ) -> None:
        rendered: dict[Principal, list[Message]] = {}
        for stream in streams:
            principal = stream.principal
            if principal not in rendered:
                who = principal.user_id, principal.session_id, principal.tier
                renderer = Renderer(self.settings, *who, self.clock())
                rendered[principal] = [renderer.render(event) for event in events]
            if stream.position >= since:
                stream.deliver(rendered[principal])
            if principal.session_id not in alive:
                stream.end()
