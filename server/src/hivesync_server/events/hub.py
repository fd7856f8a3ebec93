"""Wakes the listeners of this process when something happened to their user. It carries no events itself."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class EventHub:
    """One `asyncio.Event` per listener. What another process published is found by the listeners' polling."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._closed = False

    @property
    def closed(self) -> bool:
        """Tell whether listeners must end: the server is stopping."""
        return self._closed

    @contextmanager
    def listener(self, user_id: str) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever it is worth looking."""
        woken = asyncio.Event()
        self._listeners[user_id].add(woken)
        try:
            yield woken
        finally:
            self._listeners[user_id].discard(woken)
            if not self._listeners[user_id]:
                del self._listeners[user_id]

    def wake(self, user_id: str) -> None:
        """Let the user's listeners look."""
        for woken in self._listeners.get(user_id, ()):
            woken.set()

    def close(self) -> None:
        """End all listeners."""
        self._closed = True
        for user_id in list(self._listeners):
            self.wake(user_id)
