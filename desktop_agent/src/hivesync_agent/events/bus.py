"""The agent's events, numbered, with the last few kept for clients that reconnect.

Publishing never waits: a subscriber that does not read is dropped, and finds the gap when it returns.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.events import EventType, ResetEvent

REPLAY_EVENTS = 256
REPLAY_BYTES = 1024 * 1024
QUEUE_EVENTS = 256
QUEUE_BYTES = 2 * 1024 * 1024
"""More than is kept for a replay, so that a client that returns has room for what it missed."""
SUBSCRIBERS = 64
CLIENT_SUBSCRIBERS = 16
"""Streams of one program: one that forgets to close its own must not take the places of all others."""

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it is sent. `id` is `<run of the agent>-<number>`."""

    id: str
    type: str
    data: bytes


class TooManySubscribers(HiveSyncError):
    """No further stream is opened."""

    code = ErrorCode.RATE_LIMITED


class Subscription:
    """The queue of one stream of `client`."""

    def __init__(self, client: str, backlog: Iterable[Event]) -> None:
        self.client = client
        self._queue = deque(backlog)
        self._size_bytes = sum(len(event.data) for event in self._queue)
        self._wake = asyncio.Event()
        self.dropped = False
        if self._queue:
            self._wake.set()

    def offer(self, event: Event) -> None:
        """Add an event, or give the subscriber up if it is too far behind."""
        if len(self._queue) >= QUEUE_EVENTS or self._size_bytes + len(event.data) > QUEUE_BYTES:
            self.drop()
            return
        self._queue.append(event)
        self._size_bytes += len(event.data)
        self._wake.set()

    def restart(self, reset: Event) -> None:
        """Take back what has not been read, and say so."""
        if self._queue:
            self._queue.clear()
            self._queue.append(reset)
            self._size_bytes = len(reset.data)

    def drop(self) -> None:
        """End the subscription; the client may come back with its last id."""
        self.dropped = True
        self._queue.clear()
        self._wake.set()

    async def next(self) -> list[Event]:
        """Wait for events and give all there are; an empty list is the end."""
        await self._wake.wait()
        if self.dropped:
            return []
        events = list(self._queue)
        self._queue.clear()
        self._size_bytes = 0
        self._wake.clear()
        return events


class EventBus:
    """Publishes to every subscriber."""

    def __init__(self) -> None:
        # Ids of an earlier run must not be mistaken for ours: its numbers began at 1 as well.
        self._run = secrets.token_hex(4)
        self._number = 0
        self._recent: deque[Event] = deque()
        self._recent_bytes = 0
        self._subscriptions: set[Subscription] = set()
        self._signed_in = False

    def publish(self, event_type: str, payload: object) -> None:
        """Send an event to everyone. `payload` is a contract shape, or JSON that is encoded already."""
        self._number += 1
        data = payload if isinstance(payload, bytes) else _encode(payload)
        event = Event(f"{self._run}-{self._number}", event_type, data)
        self._remember(event)
        for subscription in tuple(self._subscriptions):
            subscription.offer(event)
            if subscription.dropped:
                self._subscriptions.discard(subscription)

    def subscribe(self, last_event_id: str | None, client: str = "") -> Subscription:
        """Open a subscription that begins after `last_event_id`, or with `reset` if that is not known.

        Raises `TooManySubscribers` where `client`, or all together, have too many.
        """
        if len(self._subscriptions) >= SUBSCRIBERS:
            raise TooManySubscribers("Too many event streams are open; close an editor and try again.")
        if client and sum(each.client == client for each in self._subscriptions) >= CLIENT_SUBSCRIBERS:
            raise TooManySubscribers(
                f"{client} has {CLIENT_SUBSCRIBERS} event streams open; it must close one before the next."
            )
        subscription = Subscription(client, self._since(last_event_id))
        self._subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        self._subscriptions.discard(subscription)

    def session_changed(self, signed_in: bool) -> None:
        """Let nobody get the events of a session that is over: neither by coming back with a last id, nor
        by reading late.
        """
        if self._signed_in:
            self._recent.clear()
            self._recent_bytes = 0
            for subscription in self._subscriptions:
                subscription.restart(self._reset())
        self._signed_in = signed_in

    @property
    def subscribers(self) -> int:
        """Count the open subscriptions."""
        return len(self._subscriptions)

    def recent_types(self) -> list[str]:
        """Give the types of the last events, oldest first, and nothing of their content."""
        return [event.type for event in self._recent]

    def close(self) -> None:
        """End all subscriptions: the agent stops."""
        for subscription in self._subscriptions:
            subscription.drop()
        self._subscriptions.clear()

    def _remember(self, event: Event) -> None:
        self._recent.append(event)
        self._recent_bytes += len(event.data)
        while len(self._recent) > REPLAY_EVENTS or self._recent_bytes > REPLAY_BYTES:
            self._recent_bytes -= len(self._recent.popleft().data)

    def _since(self, last_event_id: str | None) -> list[Event]:
        if last_event_id is None:
            return []
        run, _, number = last_event_id.rpartition("-")
        last = int(number) if run == self._run and number.isdecimal() else -1
        oldest = self._number - len(self._recent)
        if not oldest <= last <= self._number:
            return [self._reset()]
        return list(self._recent)[last - oldest :]

    def _reset(self) -> Event:
        data = _encode(ResetEvent(at=datetime.now(UTC)))
        return Event(f"{self._run}-{self._number}", EventType.RESET, data)


async def each(subscription: Subscription) -> AsyncIterator[Event]:
    """Give a subscription's events one by one until it ends."""
    while events := await subscription.next():
        for event in events:
            yield event
