"""The watches that run now: one per folder, however many want to hear of it. Ends with its last listener."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from hivesync_contract.local_projects import WatchMode, WatchState

from hivesync_agent.projects.index.service import Changes, Indexes
from hivesync_agent.projects.root import Target
from hivesync_agent.projects.watch.watch import Watch

Listener = Callable[[Changes], None]


class Tasks(Protocol):
    """Who owns background work."""

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]: ...


@dataclass(slots=True)
class _Running:
    watch: Watch
    task: asyncio.Task[None]
    listeners: list[Listener] = field(default_factory=list)


class Watches:
    """Starts a watch for the first listener of a folder, and ends it with the last."""

    def __init__(self, indexes: Indexes, tasks: Tasks) -> None:
        self._indexes = indexes
        self._tasks = tasks
        self._running: dict[Path, _Running] = {}

    @asynccontextmanager
    async def listening(self, target: Target, listener: Listener) -> AsyncIterator[None]:
        """Tell `listener` of every change below the target's root, until the block ends."""
        running = self._running.get(target.root) or self._start(target)
        running.listeners.append(listener)
        try:
            yield
        finally:
            running.listeners.remove(listener)
            if not running.listeners:
                self._running.pop(target.root, None)
                running.task.cancel()
                await asyncio.wait((running.task,))

    def state(self, root: Path) -> WatchState:
        """Tell how a folder is watched."""
        running = self._running.get(root)
        return running.watch.state if running is not None else WatchState(WatchMode.OFF)

    def _start(self, target: Target) -> _Running:
        def tell(changes: Changes) -> None:
            for listener in tuple(running.listeners):
                listener(changes)

        watch = Watch(self._indexes.of(target), tell)
        running = _Running(watch, self._tasks.spawn("project-watch", watch.run()))
        self._running[target.root] = running
        return running
