"""Waiting for a counter, a file or a token to change: what has no event of its own. Never by a guess."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_PAUSE_SECONDS = 0.01


async def holds(condition: Callable[[], bool], *, deadline_seconds: float = 10.0) -> None:
    """Return as soon as the condition holds; raise `TimeoutError` if it never does."""
    async with asyncio.timeout(deadline_seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(_PAUSE_SECONDS)
