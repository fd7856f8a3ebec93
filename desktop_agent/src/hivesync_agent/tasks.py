"""Background work with a name and an owner. A task that fails is logged, and takes nothing else down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
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


async def together(name: str, work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run coroutines side by side and give what they return; raise an `ExceptionGroup` once one has failed
    and the others have ended.

    No `TaskGroup`: before Python 3.13, one that fails while its owner is cancelled raises the failure alone
    (gh-116720). Who handled that would go on, and an agent that stops would wait for it for ever.
    """
    tasks = [asyncio.create_task(each, name=name) for each in work]
    if not tasks:
        return []
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        errors = [error for task in tasks if not task.cancelled() and (error := task.exception())]
    if errors:
        raise BaseExceptionGroup(name, errors)
    return [task.result() for task in tasks]


async def _logged(name: str, work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        _log.exception("background task failed", extra={"task_name": name})
