"""Background work with a name and an owner. A task that fails is logged, and takes nothing else down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

_log = logging.getLogger("hivesync.tasks")


class BackgroundTasks:
    """Starts tasks in the one group that `main()` waits for."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._running: set[asyncio.Task[None]] = set()

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start the work; it ends by itself or when the agent stops."""
        task = self._group.create_task(_logged(name, work), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def cancel_all(self) -> None:
        """End everything that still runs."""
        for task in list(self._running):
            task.cancel()


async def _logged(name: str, work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        _log.exception("background task failed", extra={"task_name": name})
