"""A deadline that is moved with every request, and costs a busy connection no timer of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Watch:
    """Calls `expired` once, when the time that was set last is over. Setting it again only moves a number."""

    __slots__ = ("_due", "_expired", "_fires", "_handle", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop, expired: Callable[[], None]) -> None:
        self._loop = loop
        self._expired = expired
        self._due: float | None = None
        self._fires = 0.0
        self._handle: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """Expire so many seconds from now, unless set or cleared before."""
        self._due = due = self._loop.time() + seconds
        if self._handle is None:
            self._schedule(due)
        elif due < self._fires:
            self._handle.cancel()
            self._schedule(due)

    @property
    def due(self) -> float | None:
        """Give when it expires, by the loop's clock."""
        return self._due

    def clear(self) -> None:
        """Wait for nothing. The timer itself runs out by itself, so that the next `set` is cheap."""
        self._due = None

    def stop(self) -> None:
        """Let go of the timer: the connection is gone."""
        self._due = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _schedule(self, due: float) -> None:
        self._fires = due
        self._handle = self._loop.call_at(due, self._fire)

    def _fire(self) -> None:
        self._handle = None
        if self._due is None:
            return
        if self._due > self._fires:
            self._schedule(self._due)
            return
        self._due = None
        self._expired()
