"""A record as clients see it: with the codes of its link, which are made once and never stored."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hivesync_contract.errors import Diagnostic
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.local_diagnostics import LocalDiagnostic, LocalWarning
from hivesync_contract.previews import PreviewError

from hivesync_agent.previews.qr import QrCode, make_qr
from hivesync_agent.previews.record import Record
from hivesync_agent.projects.resolution import between

_NO_CODE = QrCode("", "", "")
_KEPT_CODES = 16


class Views:
    """Gives views; keeps the last few codes, since every event of a preview carries the same ones.

    A code takes some 20 ms to make, so `prepare` makes it in a thread; a view never does.
    """

    def __init__(self) -> None:
        self._codes: dict[str, QrCode] = {}

    def view(self, record: Record) -> LocalPreview:
        """Give the contract's shape of a record, without codes if they were not prepared."""
        code = self._codes.get(record.preview_url, _NO_CODE)
        return LocalPreview(
            id=record.id,
            state=record.state,
            root=record.root,
            entry=record.entry,
            project_id=record.project_id,
            preview_id=record.preview_id,
            version=record.version,
            preview_url=record.preview_url,
            qr_svg=code.svg,
            qr_png=code.png,
            qr_text=code.text,
            uploaded_bytes=record.uploaded_bytes,
            total_bytes=record.total_bytes,
            error=_from_root(record.error, record),
            skipped=record.skipped,
            live=record.live,
            created_at=datetime.fromtimestamp(record.created_at, UTC),
            hashed_files=record.hashed_files,
            total_files=record.total_files,
            diagnostics=diagnostics(record),
            devices=record.devices,
            warnings=_warnings(record),
        )

    async def prepare(self, link: str) -> None:
        """Make the code of a link, so that views of its preview carry it."""
        if not link or link in self._codes:
            return
        code = await asyncio.to_thread(make_qr, link)
        while len(self._codes) >= _KEPT_CODES:
            del self._codes[next(iter(self._codes))]
        self._codes[link] = code


def diagnostics(record: Record) -> list[LocalDiagnostic]:
    """Give what keeps the last version that ended from being shown, at its place in the user's files."""
    error = record.diagnostic
    if error is None or error.diagnostic is None:
        return []
    place = error.diagnostic
    return [LocalDiagnostic(*_place(place, record), place.message, error.code, place.hint)]


def _warnings(record: Record) -> list[LocalWarning]:
    return [LocalWarning(*_place(each, record), each.message, each.hint) for each in record.warnings]


def _place(found: Diagnostic, record: Record) -> tuple[str, str, int, int]:
    """Give path, file, line and column as editors know them."""
    file = _local(found.file, record) if found.file else ""
    path = os.path.normpath(Path(record.root, file)) if file else ""
    return path, file, found.line or 1, found.column or 1


def _from_root(error: PreviewError | None, record: Record) -> PreviewError | None:
    if error is None or error.diagnostic is None or not error.diagnostic.file:
        return error
    file = _local(error.diagnostic.file, record)
    return replace(error, diagnostic=replace(error.diagnostic, file=file))


def _local(file: str, record: Record) -> str:
    """Give a file's path from the project's root; the build knows it from the workspace around that."""
    return between(record.place, file)
