"""Pause, resume, stop: the agent's own switches. Holds flags; acts on nothing itself."""

from __future__ import annotations

import asyncio


class Switch:
    """`paused`: background work rests, requests are still answered. `stop` ends the agent."""

    def __init__(self) -> None:
        self._running = asyncio.Event()
        self._running.set()
        self._stopping = asyncio.Event()

    @property
    def paused(self) -> bool:
        """Tell whether background work rests."""
        return not self._running.is_set()

    def pause(self) -> None:
        """Let background work rest."""
        self._running.clear()

    def resume(self) -> None:
        """Let background work go on."""
        self._running.set()

    def stop(self) -> None:
        """Ask the agent to end."""
        self._stopping.set()

    async def until_running(self) -> None:
        """Wait while paused."""
        await self._running.wait()

    async def until_stopped(self) -> None:
        """Wait for the end."""
        await self._stopping.wait()
