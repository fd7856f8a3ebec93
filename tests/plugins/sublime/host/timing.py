"""The one thread of the editor: what it does next, and when."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from typing import Any, Callable

_order = itertools.count(1)
_timers: list[tuple[float, int, Callable[[], Any]]] = []
_awake = threading.Condition()


def set_timeout(callback: Callable[[], Any], delay: float = 0) -> None:
    with _awake:
        heapq.heappush(_timers, (time.monotonic() + delay / 1000, next(_order), callback))
        _awake.notify()


def next_callback() -> Callable[[], Any]:
    """Wait for the next thing that the editor's thread has to do, and give it."""
    with _awake:
        while True:
            left = _timers[0][0] - time.monotonic() if _timers else None
            if left is not None and left <= 0:
                return heapq.heappop(_timers)[2]
            _awake.wait(left)
