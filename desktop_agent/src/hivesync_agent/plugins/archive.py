"""Zip files of a plugin's folder that are the same to the byte wherever and whenever they are made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that the format knows: when a file was checked out says nothing."""
_MODE = 0o644 << 16
_UNIX = 3


def zip_bytes(root: Path, files: Iterable[Path]) -> bytes:
    """Give the archive of these files, by their names from `root`, sorted."""
    named = sorted((file.relative_to(root).as_posix(), file) for file in files)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, file in named:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _MODE, _UNIX
            archive.writestr(entry, file.read_bytes())
    return buffer.getvalue()
