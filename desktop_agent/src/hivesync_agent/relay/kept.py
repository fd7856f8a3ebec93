"""Stored answers that survive a restart, so that reads work offline from the first moment.

One file of the profile, 0600 in a folder of 0700 like the rest of the agent's state: it holds what the user
reads anyway, and never a token. It names the user it belongs to. Refuses to load what belongs to another,
and leaves nothing behind a sign-out.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from hivesync.private_files import write_private
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.relay.cache import Entry, Key, PrivateCache

WRITE_SECONDS = 15.0
"""Longest that a new answer waits to be kept; what `kill -9` may cost."""
IDENTIFY_SECONDS = 2.0
"""Longest that an end waits for a slow keychain."""
_SCHEMA = 1
_log = logging.getLogger("hivesync.relay")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The file's content."""

    schema: int
    owner: str
    entries: list[tuple[Key, Entry]]


class KeptAnswers:
    """Keeps a cache in a file. `owner` gives the signed-in user's id from the credential store, or None."""

    def __init__(self, cache: PrivateCache, path: Path, owner: Callable[[], Awaitable[str | None]]) -> None:
        self._cache = cache
        self._path = path
        self._owner = owner
        self._known_owner: str | None = None
        self._written = 0
        self._writing = asyncio.Lock()
        self._session_changed = asyncio.Event()
        self.identified = asyncio.Event()
        """Set while it is known whose answers these are, and the file's are restored or gone."""

    def session_changed(self) -> None:
        """Look at once whether the file still belongs to whom is signed in."""
        self._known_owner = None
        self.identified.clear()
        self._session_changed.set()

    def belong_to(self, user_id: str | None) -> bool:
        """Tell whether it is known already that all answers are this user's."""
        return user_id is not None and self._known_owner == user_id

    async def run(self) -> None:
        """Restore, then write what is new, until cancelled."""
        await self._identify()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WRITE_SECONDS):
                    await self._session_changed.wait()
            if self._session_changed.is_set():
                self._session_changed.clear()
                await self._identify()
            await self.write()

    async def close(self) -> None:
        """Write what is new, also if the agent ends before it knew whose it is."""
        if not self.identified.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDENTIFY_SECONDS):
                    await self._identify()
        await self.write()

    async def write(self) -> None:
        """Write the file if there is anything new; when this returns, it is on disk."""
        async with self._writing:
            await self._write()

    async def _write(self) -> None:
        version, owner = self._cache.version, self._known_owner
        if version == self._written or owner is None:
            return
        content = msgspec.msgpack.encode(Snapshot(_SCHEMA, owner, list(self._cache.entries())))
        self._written = version
        try:
            await asyncio.to_thread(write_private, self._path, content)
        except OSError as error:
            _log.warning("answers not kept", extra={"error": type(error).__name__})
        if self._known_owner != owner:
            self._session_changed.set()  # somebody left meanwhile: the file goes, too

    async def _identify(self) -> None:
        generation = self._cache.generation
        try:
            owner = await self._owner()
        except HiveSyncError:
            return  # a locked keychain does not tell; the file stays unread
        snapshot = await asyncio.to_thread(_read, self._path, owner)
        if generation != self._cache.generation:
            return
        self._known_owner = owner
        if snapshot is not None:
            is_new = not self._cache.entries()
            self._cache.restore(snapshot.entries)
            if is_new:
                self._written = self._cache.version  # the file says all that there is
        self.identified.set()


def _read(path: Path, owner: str | None) -> Snapshot | None:
    """Give the owner's answers. The file of anybody else, or of another release, is removed."""
    try:
        snapshot = msgspec.msgpack.decode(path.read_bytes(), type=Snapshot)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError):
        snapshot = None
    if snapshot is not None and snapshot.schema == _SCHEMA and snapshot.owner == owner:
        return snapshot
    path.unlink(missing_ok=True)
    return None
