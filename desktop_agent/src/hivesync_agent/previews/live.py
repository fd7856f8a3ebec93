"""A live preview after its first version: watch the project, with the packages of its workspace that it
takes files from, and send each save to its room. What a room can't show becomes the next version.

Saves that follow each other closely give one version, and while one is made the next save waits. The phone
follows by itself: all versions have one link.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.previews.room import Rooms
from hivesync_agent.previews.saved_files import Show
from hivesync_agent.previews.tracked import Tracked
from hivesync_agent.projects.index.service import Changes
from hivesync_agent.projects.links import ProjectLinks
from hivesync_agent.projects.refusals import Unsupported
from hivesync_agent.projects.root import Target
from hivesync_agent.projects.scan import Scanner
from hivesync_agent.projects.watch.watches import Watches


class Tasks(Protocol):
    """Who owns background work."""

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]: ...


@dataclass(slots=True)
class _Noticed:
    """What has changed since it was last looked. `files` are named from the root, if it is only files."""

    happened: asyncio.Event
    files: set[str] = field(default_factory=set)
    more: bool = False

    def note(self, changes: Changes) -> None:
        """Take over what a watch has found in the project."""
        named = changes.changed_files or []
        self.files.update(named)
        self.more = self.more or not named or changes.changed != len(named)
        self.happened.set()

    def note_beyond(self, _: Changes) -> None:
        """The same for a folder of the workspace, whose files have other names."""
        self.note_anything()

    def note_anything(self) -> None:
        """Nobody has looked for a while: anything may have changed."""
        self.more = True
        self.happened.set()

    def take(self) -> Collection[str] | None:
        """Give the files, or None if they are not all; from now on nothing is known."""
        files, more = self.files, self.more
        self.files, self.more = set(), False
        self.happened.clear()
        return None if more else files


@dataclass(frozen=True, slots=True)
class Live:
    """Holds no state of a preview; that is in its `Tracked` record."""

    scanner: Scanner
    watches: Watches
    links: ProjectLinks
    rooms: Rooms
    tasks: Tasks
    quiet_seconds: float = 0.1
    longest_seconds: float = 1.0
    again_seconds: float = 3.0

    async def follow(self, tracked: Tracked, next_version: Callable[[Show], Awaitable[None]]) -> None:
        """Show each change, in the room or by the next version, until the preview is not live any more.

        `next_version` looks at everything, and makes none if the room can show what it finds.
        """
        request, noticed = tracked.record.request, _Noticed(asyncio.Event())
        approvals = await self.links.approvals(tracked.record.scope)
        found = await asyncio.to_thread(self.scanner.find, request.path, request.entry, approvals)
        room = self.rooms.room(tracked)
        async with AsyncExitStack() as watched:
            await self._watch(found.target, noticed.note, watched)
            if tracked.delivered is None:
                # Nobody has looked for a while: settled before a save is sent, which tells only of itself.
                await next_version(room.save)
            watched.push_async_callback(_end, self.tasks.spawn("preview-room", room.run()))
            known: set[str] = set()
            while tracked.record.live:
                for folder in set(tracked.record.beyond) - known:
                    known.add(folder)
                    await self._watch_beyond(folder, noticed, watched)
                await self._until_noticed(noticed, tracked)
                files = noticed.take()
                if files is not None and await room.save(files):
                    continue
                await self._until_quiet(noticed)
                await next_version(room.save)

    async def _until_noticed(self, noticed: _Noticed, tracked: Tracked) -> None:
        """Wait for a save; or for a while, if the last one did not arrive, since something was away."""
        error = tracked.record.error
        is_lost = error is not None and error.code == ErrorCode.UPSTREAM_UNREACHABLE
        try:
            async with asyncio.timeout(self.again_seconds if is_lost else None):
                await noticed.happened.wait()
        except TimeoutError:
            noticed.note_anything()

    async def _watch_beyond(self, folder: str, noticed: _Noticed, watched: AsyncExitStack) -> None:
        try:
            target = await asyncio.to_thread(self.scanner.roots.find_folder, folder)
        except HiveSyncError:
            return  # gone by now: a save in the project finds out
        await self._watch(target, noticed.note_beyond, watched)

    async def _watch(self, target: Target, note: Callable[[Changes], None], watched: AsyncExitStack) -> None:
        await watched.enter_async_context(self.watches.listening(target, note))

    async def _until_quiet(self, noticed: _Noticed) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + self.longest_seconds
        await asyncio.sleep(self.quiet_seconds)
        while noticed.happened.is_set() and loop.time() < ends:
            noticed.take()
            await asyncio.sleep(self.quiet_seconds)
        noticed.take()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait((task,))


def check_live(target: Target) -> None:
    """Raise `Unsupported` where the whole folder would have to be watched for the sake of one file."""
    if target.loose:
        raise Unsupported(
            "A live preview needs a project around the file: a folder with a package.json or an index.html."
        )
