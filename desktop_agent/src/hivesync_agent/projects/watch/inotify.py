"""File events on Linux: one watch per folder, none for what is ignored, so `node_modules` costs nothing."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Collection
from pathlib import Path

from inotify_simple import INotify, flags

from hivesync_agent.projects.watch.source import Noticed, WatchLimit

_MASK = (
    flags.CLOSE_WRITE | flags.ATTRIB | flags.CREATE | flags.DELETE | flags.MOVED_FROM | flags.MOVED_TO
) | (flags.DELETE_SELF | flags.MOVE_SELF | flags.ONLYDIR | flags.DONT_FOLLOW | flags.EXCL_UNLINK)
_ROOT_MASK = _MASK & ~flags.DONT_FOLLOW
_LIMITS = {
    errno.ENOSPC: "The system's limit of watched folders is reached: raise fs.inotify.max_user_watches.",
    errno.EMFILE: "The system's limit of watching programs is reached: raise fs.inotify.max_user_instances.",
}


class InotifySource:
    """One inotify instance of a project."""

    def __init__(self, root: Path, notice: Callable[[Noticed], None]) -> None:
        self._root = root
        self._notice = notice
        self._inotify: INotify | None = None
        self._folder_of: dict[int, str] = {}

    async def watch(self, folders: Collection[str]) -> frozenset[str]:
        """Watch exactly these folders from now on and give those that were not; raise `WatchLimit`."""
        # In a thread: thousands of calls, and the first one looks for the C library.
        before = self._folder_of
        try:
            await asyncio.to_thread(self._watch, folders)
        except WatchLimit:
            await self.close()  # what it got would be missing elsewhere, and be of no use here
            raise
        if self._inotify is not None:
            asyncio.get_running_loop().add_reader(self._inotify.fileno(), self._read)
        return frozenset(self._folder_of[each] for each in self._folder_of.keys() - before.keys())

    async def close(self) -> None:
        """End, and give everything back."""
        if self._inotify is not None:
            asyncio.get_running_loop().remove_reader(self._inotify.fileno())
            self._inotify.close()
            self._inotify, self._folder_of = None, {}

    def _watch(self, folders: Collection[str]) -> None:
        try:
            if self._inotify is None:
                self._inotify = INotify(nonblocking=True)
            # Those that are watched already are added again, which costs little: a folder that was moved
            # away and made anew has the same name, and no watch.
            watched = {self._add(self._inotify, folder): folder for folder in folders}
        except OSError as exc:
            if exc.errno in _LIMITS:
                raise WatchLimit(_LIMITS[exc.errno]) from exc
            raise
        watched.pop(-1, None)
        for descriptor in self._folder_of.keys() - watched.keys():
            self._remove(self._inotify, descriptor)
        self._folder_of = watched

    def _add(self, inotify: INotify, folder: str) -> int:
        try:
            path = os.path.join(self._root, folder)
            return int(inotify.add_watch(path, _MASK if folder else _ROOT_MASK))
        except OSError as exc:
            if exc.errno in _LIMITS:
                raise
            return -1  # gone meanwhile, or not ours to read: its parent tells if it comes back

    def _remove(self, inotify: INotify, descriptor: int) -> None:
        try:
            inotify.rm_watch(descriptor)
        except OSError as exc:
            if exc.errno != errno.EINVAL:  # the kernel removed it together with its folder
                raise

    def _read(self) -> None:
        if self._inotify is None:
            return
        folders, everything, is_over = set(), False, True
        for event in self._inotify.read(timeout=0):
            if event.mask & (flags.Q_OVERFLOW | flags.UNMOUNT):
                everything = True
            elif (folder := self._folder_of.get(event.wd)) is not None and not event.mask & flags.IGNORED:
                folders.add(folder)
                is_over = is_over and event.mask == flags.CLOSE_WRITE
        if folders or everything:
            self._notice(Noticed(frozenset(folders), everything, is_over))
