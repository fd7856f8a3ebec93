"""File events on macOS and Windows, where the system watches a whole tree at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Collection
from pathlib import Path

import watchfiles

from hivesync_agent.projects.watch.source import Noticed, WatchLimit

_STEP_MILLISECONDS = 100
_QUIET_MILLISECONDS = 100
_LOST_AT = 1_000
"""The library does not tell when the system's buffer overflows. That takes far more events than this, so
such a burst is taken as if some were lost."""


class TreeSource:
    """One recursive watch of a project's root."""

    def __init__(self, root: Path, notice: Callable[[Noticed], None]) -> None:
        self._root = root
        self._prefix = f"{root}{os.sep}"
        self._notice = notice
        self._folders: frozenset[str] = frozenset()
        self._task: asyncio.Task[None] | None = None
        self._refused = ""

    async def watch(self, folders: Collection[str]) -> frozenset[str]:
        """Tell of these folders only, from now on; give those of which it did not tell before."""
        if self._refused:
            refused, self._refused, self._task = self._refused, "", None  # another time it may be otherwise
            raise WatchLimit(refused)
        new, self._folders = frozenset(folders) - self._folders, frozenset(folders)
        if self._task is None:
            self._task = asyncio.create_task(self._follow_or_tell(), name="watch-tree")
        return new

    async def close(self) -> None:
        """End, and give everything back."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _follow_or_tell(self) -> None:
        try:
            await self._follow()
        except (OSError, RuntimeError) as error:  # the library's own errors are among the latter
            self._refused = f"The system does not watch this folder ({error})."
            self._notice(Noticed(frozenset(), everything=True))

    async def _follow(self) -> None:
        changes = watchfiles.awatch(
            self._root,
            watch_filter=None,
            step=_STEP_MILLISECONDS,
            debounce=_QUIET_MILLISECONDS,
            ignore_permission_denied=True,
        )
        async for batch in changes:
            folders = {self._folder_of(path) for _, path in batch} & self._folders
            everything = len(batch) >= _LOST_AT
            if folders or everything:
                self._notice(Noticed(frozenset(folders), everything))

    def _folder_of(self, path: str) -> str:
        # By the text alone: the file may be gone, and this runs in the event loop.
        return path.removeprefix(self._prefix).rpartition(os.sep)[0].replace(os.sep, "/")
