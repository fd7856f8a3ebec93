"""A live preview after its first version: watch the project, with the packages of its workspace that it
takes files from, and make the next version when files are saved.

Saves that follow each other closely give one version, and while one is made the next save waits. The phone
follows by itself: all versions have one link.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from hivesync_contract.errors import HiveSyncError

from hivesync_agent.previews.tracked import Tracked
from hivesync_agent.projects.links import ProjectLinks
from hivesync_agent.projects.refusals import Unsupported
from hivesync_agent.projects.root import Target
from hivesync_agent.projects.scan import Scanner
from hivesync_agent.projects.watch.watches import Watches


@dataclass(frozen=True, slots=True)
class Live:
    """Holds no state of a preview; that is in its `Tracked` record."""

    scanner: Scanner
    watches: Watches
    links: ProjectLinks
    quiet_seconds: float = 0.1
    longest_seconds: float = 1.0

    async def follow(self, tracked: Tracked, next_version: Callable[[], Awaitable[None]]) -> None:
        """Ask for the next version after each change, until the preview is not live any more."""
        request, changed = tracked.record.request, asyncio.Event()
        approvals = await self.links.approvals(tracked.record.scope)
        found = await asyncio.to_thread(self.scanner.find, request.path, request.entry, approvals)
        async with AsyncExitStack() as watched:
            await self._watch(found.target, changed, watched)
            known: set[str] = set()
            while tracked.record.live:
                for folder in set(tracked.record.beyond) - known:
                    known.add(folder)
                    await self._watch_beyond(folder, changed, watched)
                await changed.wait()
                await self._until_quiet(changed)
                await next_version()

    async def _watch_beyond(self, folder: str, changed: asyncio.Event, watched: AsyncExitStack) -> None:
        try:
            target = await asyncio.to_thread(self.scanner.roots.find_folder, folder)
        except HiveSyncError:
            return  # gone by now: a save in the project finds out
        await self._watch(target, changed, watched)

    async def _watch(self, target: Target, changed: asyncio.Event, watched: AsyncExitStack) -> None:
        await watched.enter_async_context(self.watches.listening(target, lambda _: changed.set()))

    async def _until_quiet(self, changed: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + self.longest_seconds
        while changed.is_set() and loop.time() < ends:
            changed.clear()
            await asyncio.sleep(self.quiet_seconds)
        changed.clear()


def check_live(target: Target) -> None:
    """Raise `Unsupported` where the whole folder would have to be watched for the sake of one file."""
    if target.loose:
        raise Unsupported(
            "A live preview needs a project around the file: a folder with a package.json or an index.html."
        )
