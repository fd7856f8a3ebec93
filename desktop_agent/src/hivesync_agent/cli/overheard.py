"""The event stream, read in a thread: on Windows Ctrl-C does not reach a program that waits for a socket."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from hivesync import Client, Event

_WAKE_SECONDS = 0.5


class Overheard:
    """Iterate over it: it begins with a `reset` when the stream is open, gives None now and then while
    nothing is heard, and never ends by itself. An agent that is away may come back.

    What the thread meets that it can't go on from is raised where the events are taken.
    """

    def __init__(self, new_client: Callable[[], AbstractContextManager[Client]]) -> None:
        self._new_client = new_client
        self._heard: queue.SimpleQueue[Event | Exception] = queue.SimpleQueue()
        self._left = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, name="events", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.set()

    def __iter__(self) -> Iterator[Event | None]:
        while True:
            try:
                heard = self._heard.get(timeout=_WAKE_SECONDS)
            except queue.Empty:
                yield None
                continue
            if isinstance(heard, Exception):
                raise heard
            yield heard

    def _listen(self) -> None:
        try:
            with self._new_client() as client:
                for event in client.events(begins_with_reset=True):
                    self._heard.put(event)
                    if self._left.is_set():
                        return
        except Exception as error:
            self._heard.put(error)
