"""Waits for what has no event of its own: a counter, a file, another process. Never guesses a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Seen = TypeVar("Seen")
_PAUSE_SECONDS = 0.01


async def until(look: Callable[[], Awaitable[Seen]], *, deadline_seconds: float = 20.0) -> Seen:
    """Look until there is something true to see, and give it; raise `TimeoutError` after the deadline."""
    async with asyncio.timeout(deadline_seconds):
        while not (seen := await look()):  # noqa: ASYNC110
            await asyncio.sleep(_PAUSE_SECONDS)
        return seen


async def holds(condition: Callable[[], bool], *, deadline_seconds: float = 20.0) -> None:
    """Return as soon as the condition holds; raise `TimeoutError` if it never does."""
    async with asyncio.timeout(deadline_seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(_PAUSE_SECONDS)


def wait_until(condition: Callable[[], object], *, deadline_seconds: float = 30.0) -> None:
    """Do the same where nothing is asynchronous."""
    ends = time.monotonic() + deadline_seconds
    while not condition():
        if time.monotonic() > ends:
            raise TimeoutError
        time.sleep(_PAUSE_SECONDS)


async def end_of(process: asyncio.subprocess.Process) -> int:
    """Wait for its end and give its exit code.

    Its pipes have ended then too: those would outlive a loop that ends now, and complain.
    """
    await process.communicate()
    return await process.wait()
