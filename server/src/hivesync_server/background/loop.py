"""The loop of a background task: work while there is some, then wait to be woken or for a while.

A loop outlives whatever its steps raise. If one ended, requests would go on being accepted, and what they ask
for would never be done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loop:
    """`step` does what is due and tells whether more may wait. `ready` is set by whoever adds work in
    this process; what another process added is found after `pause_seconds` at the latest.
    """

    name: str
    step: Callable[[], Awaitable[bool | None]]
    ready: asyncio.Event
    pause_seconds: float

    async def run(self) -> None:
        """Work until cancelled. What failed is logged, and done again after the pause."""
        while True:
            self.ready.clear()
            try:
                worked = await self.step()
            except* Exception:  # alone, or out of a step's task group
                _logger.exception("background step failed", extra={"task": self.name})
                worked = False
            if not worked:
                await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self.pause_seconds):
                await self.ready.wait()
        except TimeoutError:
            return
