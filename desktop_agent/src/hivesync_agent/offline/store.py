"""Entries on disk, one file each: what is saved survives `kill -9` and a power cut.

A file holds its own checksum. One that does not fit it is kept aside and told, and hinders no other. Never
holds a token; files are for this user alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import re
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from hivesync.private_files import sweep_unfinished, sync_folder, write_private
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.offline.entry import Entry

_NAME = re.compile(r"[0-9a-f-]{36}\.json")
_DAMAGED = ".damaged"
_log = logging.getLogger("hivesync.offline")


class JournalNotWritable(HiveSyncError):
    """The state folder can't be written, so the change would not survive a crash."""

    code = ErrorCode.STORAGE_FULL


@dataclass(frozen=True, slots=True)
class Stored:
    """What was found at the start: entries in order, and the names of files that can't be read."""

    entries: list[Entry] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


class EntryStore:
    """Reads and writes entries in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def save(self, entry: Entry) -> None:
        """Keep the entry, or raise `JournalNotWritable`; then nothing of it is kept."""
        try:
            await asyncio.to_thread(self._write, entry)
        except OSError as exc:
            raise JournalNotWritable(
                f"HiveSync can't write to {self._folder}: {exc.strerror}. Free some space and try again."
            ) from exc

    async def remove(self, entry: Entry) -> None:
        """Forget an entry. One that stays is sent again after a restart, under the same key: harmless."""
        try:
            await asyncio.to_thread(self._path(entry).unlink, missing_ok=True)
        except OSError as exc:
            _log.warning("operation not removed", extra={"operation": entry.id, "reason": exc.strerror})

    async def load(self) -> Stored:
        """Give all entries; what a killed agent was just writing is not among them."""
        return await asyncio.to_thread(self._read_all)

    def _write(self, entry: Entry) -> None:
        content = msgspec.json.encode(entry)
        write_private(self._path(entry), _checksum(content) + b"\n" + content)
        sync_folder(self._folder)

    def _read_all(self) -> Stored:
        found = Stored()
        sweep_unfinished(self._folder, older_than_seconds=0)  # nobody else writes here
        for path in sorted(self._folder.glob("*")):
            if path.suffix == _DAMAGED:
                found.damaged.append(path.name)
            elif _NAME.fullmatch(path.name):
                entry = _read(path)
                if entry is None:
                    found.damaged.append(_keep_aside(path))
                else:
                    found.entries.append(entry)
        found.entries.sort(key=lambda entry: entry.number)
        return found

    def _path(self, entry: Entry) -> Path:
        return self._folder / f"{entry.id}.json"


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _read(path: Path) -> Entry | None:
    checksum, _, content = path.read_bytes().partition(b"\n")
    if checksum != _checksum(content):
        return None
    with contextlib.suppress(msgspec.MsgspecError):
        entry = msgspec.json.decode(content, type=Entry)
        return entry if path.stem == entry.id else None
    return None


def _keep_aside(path: Path) -> str:
    aside = path.with_name(path.name + _DAMAGED)
    path.replace(aside)
    _log.error("operation unreadable, kept aside", extra={"file": aside.name})
    return aside.name
