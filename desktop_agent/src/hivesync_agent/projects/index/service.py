"""The indexes of this machine's projects, as the agent uses them: brought up to date in other processes.

A whole project is swept by short-lived children; a few folders, of which the watcher told, in a thread.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakValueDictionary

import msgspec
from hivesync.private_files import private_folder
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.child_process import run_child
from hivesync_agent.projects.index.store import IndexStore
from hivesync_agent.projects.root import Roots, Target
from hivesync_agent.projects.secrets import public_env
from hivesync_agent.tasks import together

PROCESSES = min(2, os.cpu_count() or 1)
_DEADLINE_SECONDS = 600.0


class IndexFailed(HiveSyncError):
    """The project's folder could not be gone through."""

    code = ErrorCode.INTERNAL_ERROR
    retryable = True


@dataclass(frozen=True, slots=True)
class Changes:
    """What a pass found: how many files there are and changed, and the names of the first of those.

    `read` counts the files that may have changed. One that was saved and saved back between two passes is
    no change for the index, but somebody else may have seen what it was meanwhile.
    """

    files: int = 0
    size_bytes: int = 0
    changed: int = 0
    changed_files: list[str] | None = None
    read: int = 0

    def plus(self, other: Changes) -> Changes:
        """Add what another share of the same pass found."""
        names = [*(self.changed_files or ()), *(other.changed_files or ())]
        return Changes(
            self.files + other.files,
            self.size_bytes + other.size_bytes,
            self.changed + other.changed,
            names,
            self.read + other.read,
        )


class ProjectIndex:
    """The index of one folder. One pass at a time; whoever comes meanwhile waits for his own."""

    def __init__(self, target: Target, store: IndexStore, roots: Roots) -> None:
        self.root = target.root
        self._top = target.top
        self._roots = roots
        self.store = store
        self._lock = asyncio.Lock()
        self._public_env: dict[str, str] = {}

    async def refresh(self) -> Changes:
        """Bring everything up to date; raise `IndexFailed`."""
        async with self._lock:
            await asyncio.to_thread(private_folder, self.store.path.parent)
            # The first opening makes the table, so that two children need not compete for it.
            await asyncio.to_thread(self.store.load, ())
            try:
                shares = await together("index", (self._run(each) for each in range(PROCESSES)))
            except ExceptionGroup as failed:
                text = f"{self.root} could not be indexed; the agent's log has the reason."
                raise IndexFailed(text) from failed
            total = Changes()
            for share in shares:
                total = total.plus(share)
            return total.plus(await asyncio.to_thread(self._env_changes))

    async def refresh_folders(self, folders: Collection[str]) -> Changes | None:
        """Bring a few folders up to date; None if that would take a whole pass."""
        async with self._lock:
            return await asyncio.to_thread(self._refresh_folders, folders)

    def folders(self) -> list[str]:
        """Give the indexed folders, relative to the root. Blocks."""
        return self.store.folders()

    def files(self, folders: Collection[str]) -> Iterator[str]:
        """Give the paths of the files in some folders. Blocks."""
        for folder, row in self.store.load(folders).items():
            yield from (f"{folder}/{name}" if folder else name for name, _, _ in row.files())

    def _refresh_folders(self, folders: Collection[str]) -> Changes | None:
        # Imported here: an agent that watches nothing need not hold it.
        from hivesync_agent.projects.index.child import summary
        from hivesync_agent.projects.index.rules import Rules
        from hivesync_agent.projects.index.sweep import Share, Sweep

        above = {
            "/".join(parts[:n])
            for folder in folders
            for parts in [folder.split("/")]
            for n in range(len(parts))
        }
        rows = self.store.load({*folders, *above})
        rules = Rules(self.root, self._top, self._roots.own_identities())
        outcome = Sweep(self.root, rows, rules, Share()).some(folders)
        if outcome is None:
            return None
        if outcome.changed:
            self.store.apply(outcome.changed, ())
        changes = msgspec.convert(summary(outcome), Changes)
        return changes.plus(self._env_changes()) if "" in folders else changes

    def _env_changes(self) -> Changes:
        """Tell, by number only, that a value changed that an env file publishes: a build uses it, though
        the file itself, which holds secrets, is neither indexed nor named."""
        before, self._public_env = self._public_env, public_env(self.root)
        return Changes(changed=int(before != self._public_env))

    async def _run(self, number: int) -> Changes:
        own = [str(folder) for folder in self._roots.own_folders]
        arguments = [self.root, self._top, self.store.path, number, PROCESSES, *own]
        module = "hivesync_agent.projects.index.child"
        told = await run_child(module, *map(str, arguments), deadline_seconds=_DEADLINE_SECONDS)
        return msgspec.json.decode(told, type=Changes)


class Indexes:
    """One index per folder, in files of their own below `folder`; in memory only while it is in use."""

    def __init__(self, folder: Path, roots: Roots) -> None:
        self._folder = folder
        self._roots = roots
        self._known: WeakValueDictionary[Path, ProjectIndex] = WeakValueDictionary()

    def of(self, target: Target) -> ProjectIndex:
        """Give the index of a project's folder; the same object for the same folder."""
        index = self._known.get(target.root)
        if index is None:
            name = hashlib.sha256(os.fsencode(target.root)).hexdigest()[:32]
            store = IndexStore(self._folder / f"{name}.sqlite3")
            index = self._known[target.root] = ProjectIndex(target, store, self._roots)
        return index

    async def drop(self, target: Target) -> None:
        """Forget the index of a folder that is not linked any more."""
        index = self.of(target)
        self._known.pop(target.root, None)
        await asyncio.to_thread(index.store.discard)
