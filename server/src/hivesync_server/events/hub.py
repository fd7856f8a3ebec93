"""Knows this process' listeners, and whose events have to be looked at. It carries no events itself."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

from hivesync_server.events.messages import STOPPING
from hivesync_server.events.stream import Stream

_SLOTS = 15
"""Streams are pinged in turn, one slot each second: every 15 s for each, and never all at once."""


class EventHub:
    """Streams by user. Waking a user costs nothing where nobody listens."""

    def __init__(self) -> None:
        self.looked_for = asyncio.Event()
        """Set when there is a user to look at."""
        self.to_be_told = asyncio.Event()
        """Set when other processes have to hear of something."""
        self._streams: defaultdict[str, set[Stream]] = defaultdict(set)
        self._slots: tuple[set[Stream], ...] = tuple(set() for _ in range(_SLOTS))
        self._slot_numbers = itertools.count()
        self._woken: set[str] = set()
        self._news: set[str] = set()
        self._closed = False
        self.published = 0
        self.looks = 0

    @property
    def closed(self) -> bool:
        """Tell whether the server stops."""
        return self._closed

    @property
    def users(self) -> Collection[str]:
        """Give the users who listen here."""
        return self._streams.keys()

    @property
    def size(self) -> int:
        """Count the streams."""
        return sum(map(len, self._slots))

    def join(self, stream: Stream) -> Callable[[], None]:
        """Add a stream, and give what takes it out again. While the server stops it is ended at once."""
        user_id, slot = stream.principal.user_id, self._slots[next(self._slot_numbers) % _SLOTS]
        self._streams[user_id].add(stream)
        slot.add(stream)
        if self._closed:
            stream.end(STOPPING)

        def leave() -> None:
            slot.discard(stream)
            self._streams[user_id].discard(stream)
            if not self._streams[user_id]:
                del self._streams[user_id]
            stream.drop()

        return leave

    def publish(self, user_id: str) -> None:
        """Let the user's streams be looked at, in every process."""
        self.published += 1
        self.wake(user_id)
        self._news.add(user_id)
        self.to_be_told.set()

    def wake(self, user_id: str) -> None:
        """Let the user's streams be looked at, in this process."""
        if user_id in self._streams:
            self._woken.add(user_id)
            self.looked_for.set()

    def wake_all(self) -> None:
        """Look at everybody."""
        self._woken.update(self._streams)
        self.looked_for.set()

    def wake_behind(self, last_numbers: Mapping[str, int]) -> None:
        """Look at those of these users who have not had the last of their events."""
        for user_id, number in last_numbers.items():
            if any(stream.position < number for stream in self._streams.get(user_id, ())):
                self.wake(user_id)

    def take_woken(self, limit: int) -> dict[str, list[Stream]]:
        """Give users to look at, each with the live streams, and forget that they were woken."""
        taken = list(itertools.islice(self._woken, limit))
        self._woken.difference_update(taken)
        found = {name: [s for s in self._streams.get(name, ()) if s.live] for name in taken}
        return {name: streams for name, streams in found.items() if streams}

    def put_back(self, user_ids: Collection[str]) -> None:
        """Have users looked at later: it failed."""
        self._woken.update(user_ids)

    def take_news(self, limit: int) -> list[str]:
        """Give users that other processes must hear of."""
        taken = list(itertools.islice(self._news, limit))
        self._news.difference_update(taken)
        return taken

    def ping(self, tick: int) -> None:
        """Ping the streams whose turn it is."""
        for stream in tuple(self._slots[tick % _SLOTS]):
            stream.ping()

    def close(self) -> None:
        """End all streams: the server stops, and they resume with another process."""
        self._closed = True
        for slot in self._slots:
            for stream in tuple(slot):
                stream.end(STOPPING)
