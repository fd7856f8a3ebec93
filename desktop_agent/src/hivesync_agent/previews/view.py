"""A record as clients see it: with the codes of its link, which are made once and never stored."""

from __future__ import annotations

from hivesync_contract.local_api import LocalPreview

from hivesync_agent.previews.qr import QrCode, make_qr
from hivesync_agent.previews.record import Record

_NO_CODE = QrCode("", "", "")
_KEPT_CODES = 16


class Views:
    """Gives views; keeps the last few codes, since every event of a preview carries the same ones."""

    def __init__(self) -> None:
        self._codes: dict[str, QrCode] = {}

    def view(self, record: Record) -> LocalPreview:
        """Give the contract's shape of a record."""
        code = self._code(record.preview_url)
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
            error=record.error,
            skipped=record.skipped,
        )

    def _code(self, link: str) -> QrCode:
        if not link:
            return _NO_CODE
        if link not in self._codes:
            while len(self._codes) >= _KEPT_CODES:
                del self._codes[next(iter(self._codes))]
            self._codes[link] = make_qr(link)
        return self._codes[link]
