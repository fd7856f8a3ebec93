"""Waits for what can only be seen by looking again; a state that a test can be told of needs no waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Seen = TypeVar("Seen")


async def until(look: Callable[[], Awaitable[Seen]], *, deadline_seconds: float = 15) -> Seen:
    """Look until there is something true to see, and give it; raise `TimeoutError` after the deadline."""
    async with asyncio.timeout(deadline_seconds):
        while not (seen := await look()):
            await asyncio.sleep(0.01)
        return seen
