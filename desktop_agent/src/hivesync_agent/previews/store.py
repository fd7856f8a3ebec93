"""Previews on disk, one small file each, so that a killed agent continues them. Keeps no secret but the
links, which end by themselves; files are for this user alone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from pathlib import Path

import msgspec
from hivesync.private_files import write_private
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.previews.record import Record

KEPT_FINISHED = 50
_ID = re.compile(r"[0-9a-f-]{36}")
_log = logging.getLogger("hivesync.previews")


class StateNotWritable(HiveSyncError):
    """The state folder can't be written, so the preview would not survive a crash."""

    code = ErrorCode.STORAGE_FULL


class PreviewStore:
    """Reads and writes records in a thread; each write replaces its file in one step."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def save(self, record: Record) -> None:
        """Keep the record, or raise `StateNotWritable`."""
        try:
            await asyncio.to_thread(write_private, self._path(record.id), msgspec.json.encode(record))
        except OSError as exc:
            raise StateNotWritable(
                f"HiveSync can't write to {self._folder}: {exc.strerror}. Free some space and try again."
            ) from exc

    async def remove(self, record_id: str) -> None:
        """Forget a record; one that is gone already is no error."""
        with contextlib.suppress(OSError):
            await asyncio.to_thread(self._path(record_id).unlink, missing_ok=True)

    async def load(self) -> list[Record]:
        """Give all records, oldest first, and drop the oldest finished ones beyond `KEPT_FINISHED`."""
        records = await asyncio.to_thread(self._read_all)
        finished = [record for record in records if record.is_final]
        surplus = {record.id for record in finished[: max(0, len(finished) - KEPT_FINISHED)]}
        for record_id in surplus:
            await self.remove(record_id)
        return [record for record in records if record.id not in surplus]

    def _read_all(self) -> list[Record]:
        records = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                record = msgspec.json.decode(path.read_bytes(), type=Record)
            except (OSError, msgspec.MsgspecError):
                _log.warning("preview record unreadable", extra={"file": path.name})
                continue
            if record.id == path.stem and _ID.fullmatch(record.id):
                records.append(record)
        return sorted(records, key=lambda record: (record.created_at, record.id))

    def _path(self, record_id: str) -> Path:
        if not _ID.fullmatch(record_id):
            raise ValueError("a preview's id is a UUID")
        return self._folder / f"{record_id}.json"
