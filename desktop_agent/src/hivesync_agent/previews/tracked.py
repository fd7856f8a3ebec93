"""One preview in progress: its record, kept on disk and told to everyone at each step."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.previews import (
    FINAL_STATES,
    FileEntry,
    Preview,
    PreviewCreate,
    PreviewError,
    PreviewState,
)
from hivesync_contract.rooms import PreviewDevice

from hivesync_agent.previews.record import Record
from hivesync_agent.previews.store import StateNotWritable
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.root import Target

_log = logging.getLogger("hivesync.previews")


@dataclass(slots=True)
class Delivered:
    """The manifest of the newest version, with the files as they were saved since."""

    target: Target
    manifest: PreviewCreate

    def sha256s(self) -> dict[str, str]:
        """Give the hash of each file, by its path in the manifest."""
        return {file.path: file.sha256 for file in self.manifest.files}

    def saved_since(self, manifest: PreviewCreate) -> list[str] | None:
        """Give the files that have another text now, named from the root; None if there is more to it."""
        if replace(manifest, files=[]) != replace(self.manifest, files=[]):
            return None
        before, now = self.sha256s(), {file.path: file.sha256 for file in manifest.files}
        if before.keys() != now.keys():
            return None
        return [self.target.from_root(path) for path, sha256 in now.items() if sha256 != before[path]]

    def take(self, saved: Collection[FileEntry]) -> None:
        """Put saved files in the place of what they were."""
        by_path = {file.path: file for file in saved}
        files = [by_path.get(file.path, file) for file in self.manifest.files]
        self.manifest = replace(self.manifest, files=files)


Save = Callable[[Record], Awaitable[None]]
Publish = Callable[[Record], None]

_ENDING = frozenset(
    {
        ErrorCode.AUTH_REQUIRED,
        ErrorCode.AUTH_INVALID,
        ErrorCode.FORBIDDEN,
        ErrorCode.NOT_FOUND,
        ErrorCode.PREVIEW_EXPIRED,
        ErrorCode.PREVIEW_UNSUPPORTED,
        ErrorCode.TIER_LIMIT,
    }
)
"""What no saved file can mend, if the backend says it. An import that leads out can be taken back."""


class Tracked:
    """Changes a record step by step. What clients are told is on disk already, except upload progress."""

    def __init__(self, record: Record, save: Save, publish: Publish, *, resumed: bool = False) -> None:
        self.record = record
        self.resumed = resumed
        """Continued after a restart of the agent, which may have cost the session."""
        self.delivered: Delivered | None = None
        """None until this agent has looked at the files: before a restart others may have been sent."""
        self._save = save
        self._publish = publish
        self._changed = asyncio.Event()
        self._saving = asyncio.Lock()

    async def advance(self, **changes: Any) -> None:
        """Apply changes, keep them, then tell them."""
        async with self._saving:  # each begins with what the one before has left
            record = replace(self.record, **changes)
            await self._save(record)
            self._set(record)

    async def note_shown(self, shown_key: str) -> None:
        """Keep what the phones show, which is nothing to tell; empty while a save is on its way.

        On a full disk a restarted agent makes a version, to be sure; that is no reason to end a live preview.
        """
        async with self._saving:
            self.record = replace(self.record, shown_key=shown_key)
            try:
                await self._save(self.record)
            except StateNotWritable as error:
                _log.warning("what is shown is not kept", extra={"error": type(error).__name__})

    def note_uploaded(self, size_bytes: int) -> None:
        """Count finished uploads; not worth a write, since a restart plans anew."""
        self._set(replace(self.record, uploaded_bytes=self.record.uploaded_bytes + size_bytes))

    def note_hashed(self, files: int, total_files: int) -> None:
        """Count the files that are hashed; a version begins with this, so it is told, not kept."""
        self._set(replace(self.record, hashed_files=files, total_files=total_files))

    def note_devices(self, devices: list[PreviewDevice]) -> None:
        """Tell which phones have it open; not kept, since it ends with the agent."""
        if devices != self.record.devices:
            self._set(replace(self.record, devices=devices))

    async def end_live(self) -> None:
        """Let what is shown stay as it is."""
        if self.record.live:
            await self.advance(live=False)

    async def hear(self, preview: Preview) -> None:
        """Take over what the backend says, if it is new. Its events carry no link: then ours stays."""
        said = (preview.state, preview.version, preview.error)
        if said != (self.record.state, self.record.version, self.record.error):
            state, version, error = said
            link = preview.preview_url or self.record.preview_url
            ended = {"diagnostic": error, "warnings": preview.warnings}
            changes = ended if state in FINAL_STATES else {}
            await self.advance(state=state, version=version, error=error, preview_url=link, **changes)

    async def fail(self, error: HiveSyncError) -> None:
        """End with the reason why."""
        reason = PreviewError(error.code, error.detail, error.diagnostic)
        await self.advance(state=PreviewState.FAILED, error=reason, live=self._may_go_on(error))

    def _may_go_on(self, error: HiveSyncError) -> bool:
        """Tell whether a live preview can have another version after this failure."""
        is_final = error.code in _ENDING and not isinstance(error, PathRefused)
        return self.record.live and bool(self.record.preview_id) and not is_final

    async def fail_unexpectedly(self) -> None:
        """End after a defect of ours, whose details are in the log only."""
        reason = PreviewError(ErrorCode.INTERNAL_ERROR, "The agent failed; its log has the details.")
        await self.advance(state=PreviewState.FAILED, error=reason, live=False)

    async def until_link(self) -> None:
        """Wait until there is a phone link, or nothing more to wait for."""
        while not (self.record.preview_url or self.record.is_settled):
            self._changed.clear()
            await self._changed.wait()

    def _set(self, record: Record) -> None:
        self.record = record
        self._changed.set()
        self._publish(record)
