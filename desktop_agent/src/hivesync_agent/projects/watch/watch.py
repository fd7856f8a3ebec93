"""Keep the index of a project up to date while its files change, and tell who asked.

A few saved files are looked at alone. When much happens at once (a branch switch), when events were lost,
or when folders come and go, the whole project is swept. Where the system refuses to watch, it is swept now
and then, at a pace that keeps the machine quiet. A project that is gone (deleted, renamed, on a disk that
is not mounted) is waited for. `state` tells each of these.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hivesync_contract.errors import HiveSyncError
from hivesync_contract.local_projects import WatchMode, WatchState

from hivesync_agent.projects.confined import Identity, identity
from hivesync_agent.projects.index.service import Changes, ProjectIndex
from hivesync_agent.projects.watch.source import EventSource, MakeSource, Noticed, WatchLimit

_GONE = "The project's folder is not there: it was moved or deleted, or its disk is not mounted."
_log = logging.getLogger("hivesync.watch")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait for more, so that a burst is one change."""

    quiet_seconds: float = 0.01
    """Most editors replace a file in steps, between which it is gone or empty."""
    over_quiet_seconds: float = 0.003
    """The others write it in its place; then only other files can follow, saved by the same keys."""
    longest_seconds: float = 0.25
    burst_quiet_seconds: float = 0.2
    burst_longest_seconds: float = 3.0
    """The same while so much happens that everything is swept: a sweep amid a branch switch slows it down."""
    few_folders: int = 64
    between_sweeps_seconds: float = 0.5
    poll_seconds: float = 2.0
    poll_factor: float = 100.0
    """Where nothing tells: a sweep that took 0.2 s is repeated after 20 s."""
    limit_seconds: float = 300.0
    """How soon a system that watches no more is asked again: to ask takes what others could have."""
    root_seconds: float = 5.0
    """How often it is looked whether the project's folder is still the same: a mount over it tells nobody."""


class Watch:
    """Watches one project; `changed` is called with what each pass found."""

    def __init__(
        self,
        index: ProjectIndex,
        changed: Callable[[Changes], None],
        *,
        make_source: MakeSource | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._index = index
        self._changed = changed
        self._make_source = make_source or system_source
        self._pace = pace or Pace()
        self._folders: set[str] = set()
        self._everything = True
        self._is_over = True
        self._wake = asyncio.Event()
        self._poll_seconds = self._pace.poll_seconds
        self._limit, self._ask_again_at = "", 0.0
        self.state = WatchState(WatchMode.STARTING)

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            root = await self._found()
            self._everything, self._ask_again_at = True, 0.0
            source = self._make_source(self._index.root, self._notice)
            try:
                while await asyncio.to_thread(identity, self._index.root) == root:
                    await self._pass(source)
                    await self._wait()
            finally:
                await source.close()

    async def _found(self) -> Identity:
        """Wait until the project's folder is there."""
        while (root := await asyncio.to_thread(identity, self._index.root)) is None:
            self.state = WatchState(WatchMode.POLLING, _GONE)
            await asyncio.sleep(self._pace.poll_seconds)
        return root

    def _notice(self, noticed: Noticed) -> None:
        self._folders |= noticed.folders
        self._is_over = self._is_over and noticed.is_over
        if noticed.everything or len(self._folders) > self._pace.few_folders:
            self._everything, self._folders = True, set()
        self._wake.set()

    async def _wait(self) -> None:
        """Return when something happened and, for a moment, nothing more does; in any case after a while."""
        if self.state.mode is not WatchMode.EVENTS:
            await asyncio.sleep(self._poll_seconds)
            self._everything = True
            return
        loop = asyncio.get_running_loop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pace.root_seconds):
                await self._wake.wait()
        began, pace = loop.time(), self._pace
        while self._wake.is_set():
            longest = pace.burst_longest_seconds if self._everything else pace.longest_seconds
            if loop.time() > began + longest:
                break
            self._wake.clear()
            await asyncio.sleep(self._quiet_seconds())

    def _quiet_seconds(self) -> float:
        if self._everything:
            return self._pace.burst_quiet_seconds
        return self._pace.over_quiet_seconds if self._is_over else self._pace.quiet_seconds

    async def _pass(self, source: EventSource) -> None:
        folders, everything = self._folders, self._everything
        self._folders, self._everything, self._is_over = set(), False, True
        self._wake.clear()
        if not folders and not everything:
            return
        try:
            changes = None if everything else await self._index.refresh_folders(folders)
            if changes is None:
                await self._sweep(source)
            else:
                self._tell(changes)
        except (HiveSyncError, OSError) as error:
            # What was noticed is not lost: everything is looked at again after a while.
            _log.warning("watched project not read", extra={"error": type(error).__name__})
            self.state = WatchState(WatchMode.POLLING, str(error), self.state.folders)

    async def _sweep(self, source: EventSource) -> None:
        began = asyncio.get_running_loop().time()
        changes = await self._index.refresh()
        taken = asyncio.get_running_loop().time() - began
        self._poll_seconds = max(self._pace.poll_seconds, taken * self._pace.poll_factor)
        await self._watch_folders(source)
        self._tell(changes)
        await asyncio.sleep(self._pace.between_sweeps_seconds)

    def _tell(self, changes: Changes) -> None:
        if changes.changed or changes.read:
            self._changed(changes)

    async def _watch_folders(self, source: EventSource) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._ask_again_at:
            self.state = WatchState(WatchMode.POLLING, self._limit, self.state.folders)
            return
        folders = await asyncio.to_thread(self._index.folders)
        try:
            new = await source.watch(folders)
        except WatchLimit as limit:
            self._limit, self._ask_again_at = str(limit), now + self._pace.limit_seconds
            if self.state.mode is not WatchMode.POLLING:
                _log.warning("watching by polling", extra={"reason": str(limit)})
            self.state = WatchState(WatchMode.POLLING, str(limit), len(folders))
            return
        self.state = WatchState(WatchMode.EVENTS, "", len(folders))
        if new:
            # What was saved in them between the sweep and now told nobody: look once more.
            self._notice(Noticed(new, is_over=True))


def system_source(root: Path, notice: Callable[[Noticed], None]) -> EventSource:
    """Give the source of this operating system. Loaded when needed: most agents watch nothing."""
    if sys.platform == "linux":
        from hivesync_agent.projects.watch.inotify import InotifySource

        return InotifySource(root, notice)
    from hivesync_agent.projects.watch.tree import TreeSource

    return TreeSource(root, notice)
