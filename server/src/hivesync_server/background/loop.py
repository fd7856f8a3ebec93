"""The loop of a background task: work while there is some, then wait to be woken or for a while.

A loop outlives whatever its steps raise. If one ended, requests would go on being accepted, and what they ask
for would never be done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any

FINISH_SECONDS = 16.0
"""How long what is on its way to somebody else may take when the process ends: as long as a mail or a message
may take at all, so that its answer is noted and nobody sends it again."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loop:
    """`step` does what is due and tells whether more may wait. `ready` is set by whoever adds work in
    this process; what another process added is found after `pause_seconds` at the latest. `finish_seconds`:
    how long a step that is under way may go on when the process ends.
    """

    name: str
    step: Callable[[], Awaitable[bool | None]]
    ready: asyncio.Event
    pause_seconds: float
    finish_seconds: float = 0.0

    async def run(self) -> None:
        """Work until cancelled. What failed is logged, and done again after the pause."""
        while True:
            self.ready.clear()
            try:
                worked = await self._step()
            except* Exception:  # alone, or out of a step's task group
                _logger.exception("background step failed", extra={"task": self.name})
                worked = False
            if not worked:
                await self._pause()

    async def _step(self) -> bool | None:
        if not self.finish_seconds:
            return await self.step()
        step = asyncio.ensure_future(self.step())
        try:
            return await asyncio.shield(step)
        except asyncio.CancelledError:
            await finish([step], self.finish_seconds)
            raise

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self.pause_seconds):
                await self.ready.wait()
        except TimeoutError:
            return


async def finish(tasks: Collection[asyncio.Future[Any]], seconds: float = FINISH_SECONDS) -> None:
    """Let these end by themselves, and end those that don't; what goes wrong is logged, for nobody waits."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            _logger.error("last background step failed", exc_info=outcome)
    if late:
        _logger.warning("ended in the middle", extra={"steps": len(late)})
