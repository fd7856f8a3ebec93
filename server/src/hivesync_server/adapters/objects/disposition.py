"""The `Content-Disposition` of downloads: a file to save, never a page to show (RFC 6266, RFC 8187)."""

from __future__ import annotations

from urllib.parse import quote

_UNQUOTABLE = frozenset('"\\%')


def attachment(filename: str) -> str:
    """Name a download, for old programs in ASCII and for others as it is."""
    plain = "".join(c if " " <= c <= "~" and c not in _UNQUOTABLE else "_" for c in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
