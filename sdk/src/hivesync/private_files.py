"""Files that only this user may read. Never leaves a moment in which somebody else could."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
import time
from pathlib import Path

from hivesync_contract.errors import ErrorCode, HiveSyncError

_UNFINISHED = ".unfinished"
_LEFT_SECONDS = 60.0
"""Nobody writes a file for so long."""


class FolderNotPrivate(HiveSyncError):
    """A folder for secrets belongs to somebody else, or others may write there."""

    code = ErrorCode.FORBIDDEN


def private_folder(path: Path) -> Path:
    """Create the folder with mode 0700, or tighten an existing one of ours; raise `FolderNotPrivate`.

    So are the folders above it that are missing: with a lax umask others could replace what lies in them.
    On Windows `mkdir` with 0700 sets an ACL for the user alone (CPython, CVE-2024-4030).
    """
    missing = [each for each in path.parents if not each.exists()]
    for folder in (*reversed(missing), path):
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
    _tighten(path)
    return path


def _tighten(path: Path) -> None:
    if sys.platform == "win32":
        return
    info = path.stat()
    # A link of somebody else may lead to a folder of ours, and elsewhere tomorrow.
    if {info.st_uid, path.lstat().st_uid} != {os.getuid()}:
        raise FolderNotPrivate(f"{path} belongs to another user; remove it or choose another folder.")
    if stat.S_IMODE(info.st_mode) & 0o077:
        path.chmod(0o700)


def write_private(path: Path, content: bytes) -> None:
    """Replace the file in one step; it has mode 0600 before its first byte is written."""
    private_folder(path.parent)
    sweep_unfinished(path.parent)
    # mkstemp opens with O_EXCL and 0600, so nobody can plant or read the file.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_UNFINISHED, dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)  # a full disk names no file by itself, and ours is gone again
        raise


def sweep_unfinished(folder: Path, *, older_than_seconds: float = _LEFT_SECONDS) -> None:
    """Remove what killed writers of a folder's files have left there."""
    for unfinished in folder.glob(f".*{_UNFINISHED}"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - unfinished.stat().st_mtime >= older_than_seconds:
                unfinished.unlink()


def sync_folder(folder: Path) -> None:
    """Make the folder's names last: without it a power cut may undo a file's creation (fsync(2)).

    Windows has no such call; NTFS journals its names.
    """
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def exposure(path: Path) -> str | None:
    """Tell in words why others could read or forge the file; None if they can't, or on Windows."""
    if sys.platform == "win32":
        return None
    info = path.lstat()
    if stat.S_ISLNK(info.st_mode):
        return "it is a symbolic link"
    if info.st_uid != os.getuid():
        return "it belongs to another user"
    if stat.S_IMODE(info.st_mode) & 0o077:
        return "other users may access it"
    return None
