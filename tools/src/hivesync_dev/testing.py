"""What every test suite needs: tools that come from neither PyPI nor npm, and waiting with an end."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable

import pytest


def require_tool(name: str, install_hint: str) -> str:
    """Give the tool's path. Without it: fail in CI, where the run installs it; skip elsewhere."""
    path = shutil.which(name)
    if path is not None:
        return path
    message = f"{name} is not installed; {install_hint}"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message)
    pytest.skip(message)


async def until(condition: Callable[[], bool], deadline_seconds: float = 20.0) -> None:
    """Wait for what only the outside can be asked about (files, processes); fail at the deadline."""
    async with asyncio.timeout(deadline_seconds):
        while not condition():  # noqa: ASYNC110 - another process can't set our event
            await asyncio.sleep(0.01)
