"""One event stream from the backend for all editors, kept open while somebody is signed in.

Refuses to poll: it waits for a session, for the end of a pause and, after a failure, longer each time.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from hivesync_contract.errors import HiveSyncError

from hivesync_agent.backend.answer import Answer
from hivesync_agent.events.bus import EventBus
from hivesync_agent.events.sse import ServerSentEvent, StreamMalformed, read_events
from hivesync_agent.session.protocol import SessionAccess
from hivesync_agent.upstream import API, USER_AGENT, Upstream

BACKOFF_FIRST_SECONDS = 1.0
BACKOFF_MAX_SECONDS = 60.0
EVENT_TYPE_MAX = 64
_log = logging.getLogger("hivesync.events")


class FeedRefused(Exception):
    """The backend answered with something else than a stream of events."""


class UpstreamFeed:
    """Passes the backend's events on to the bus, without a gap where the backend remembers them."""

    def __init__(
        self,
        upstream: Upstream,
        access: SessionAccess,
        bus: EventBus,
        *,
        until_running: Callable[[], Awaitable[None]],
        connected: Callable[[], None],
        first_pause_seconds: float = BACKOFF_FIRST_SECONDS,
    ) -> None:
        self._upstream = upstream
        self._access = access
        self._bus = bus
        self._until_running = until_running
        self._connected = connected
        self._first_pause_seconds = first_pause_seconds
        self._session_changed = asyncio.Event()
        self._last_event_id: str | None = None
        self._pause_seconds = first_pause_seconds

    def session_changed(self) -> None:
        """Look again at once: somebody has signed in or out."""
        self._last_event_id = None
        self._session_changed.set()

    async def run(self) -> None:
        """Keep the stream open until cancelled."""
        while True:
            await self._until_running()
            self._session_changed.clear()
            try:
                if not await self._follow_while_signed_in():
                    await self._session_changed.wait()
                    continue
            except (HiveSyncError, FeedRefused, StreamMalformed, OSError) as error:
                _log.info("event stream lost", extra={"error": type(error).__name__})
            await self._back_off()

    async def _follow_while_signed_in(self) -> bool:
        """Follow the stream until it ends; tell whether there was a session to follow it with."""
        try:
            token = await self._access.access_token()
        except HiveSyncError:
            if not self._access.signed_in:
                return False
            raise
        # The token belongs to the session as it is now; only what changes from here on ends this stream.
        self._session_changed.clear()
        following = asyncio.create_task(self._follow(token), name="upstream-feed-stream")
        changed = asyncio.create_task(self._session_changed.wait(), name="upstream-feed-session")
        try:
            await asyncio.wait((following, changed), return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                following.result()
            else:
                self._pause_seconds = 0.0  # another session: reconnect now
        finally:
            changed.cancel()
            following.cancel()
            await asyncio.wait((following, changed))
        return True

    async def _follow(self, token: str) -> None:
        response = await self._connect(token)
        if response.status == 401:
            response.close()
            response = await self._connect(await self._access.replace_token(token))
        async with response:
            if response.status != 200 or response.content_type != "text/event-stream":
                raise FeedRefused
            self._pause_seconds = self._first_pause_seconds
            self._connected()
            async for event in read_events(response.chunks()):
                self._pass_on(event)

    async def _connect(self, token: str) -> Answer:
        headers = {
            "Accept": "text/event-stream",
            "Authorization": f"Bearer {token}",
            "User-Agent": USER_AGENT,
        }
        if self._last_event_id is not None:
            headers["Last-Event-ID"] = self._last_event_id
        return await self._upstream.send("GET", f"{API}/events", headers)

    def _pass_on(self, event: ServerSentEvent) -> None:
        if self._session_changed.is_set():
            return  # it was for the earlier session, whose stream is about to end
        self._upstream.changed()
        # The data goes into our own stream as it is, so it must not be able to end an event.
        if event.id:
            self._last_event_id = event.id
        if b"\n" in event.data or not event.type.isprintable() or len(event.type) > EVENT_TYPE_MAX:
            return
        self._bus.publish(event.type, event.data)

    async def _back_off(self) -> None:
        pause = self._pause_seconds * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, hides nothing
        self._pause_seconds = min(
            max(self._pause_seconds * 2, self._first_pause_seconds), BACKOFF_MAX_SECONDS
        )
        try:
            async with asyncio.timeout(pause):
                await self._session_changed.wait()
        except TimeoutError:
            pass
