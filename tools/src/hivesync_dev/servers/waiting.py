"""Waiting in a test for what another part does in its own time. Fails with a time limit, never by a guess."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_PAUSE_SECONDS = 0.01


async def until(condition: Callable[[], bool], *, deadline_seconds: float = 10.0) -> None:
    """Return as soon as the condition holds; raise `TimeoutError` if it never does."""
    async with asyncio.timeout(deadline_seconds):
        # What is waited for has no event of its own: a counter in a fake server, a file, a token.
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(_PAUSE_SECONDS)
