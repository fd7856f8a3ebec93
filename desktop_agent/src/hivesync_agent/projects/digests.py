"""Remember the hashes of files that did not change, so that a rebuild reads only what was saved.

A lost or damaged cache costs time only: it is made anew, and its errors never fail a preview.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hivesync.private_files import FolderNotPrivate, private_folder

_log = logging.getLogger(__name__)

CHUNK_BYTES = 256 * 1024
_SQLITE_INTEGER = 2**63 - 1
_RACY_SECONDS = 2.0
_KEEP_SECONDS = 30 * 24 * 3600
_SCHEMA = """
CREATE TABLE IF NOT EXISTS digests (
    root TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, sha256 TEXT NOT NULL, secret INTEGER NOT NULL,
    saved_at REAL NOT NULL, PRIMARY KEY (root, path)
) WITHOUT ROWID
"""

_SELECT = "SELECT path, size, mtime_ns, ctime_ns, inode, sha256, secret FROM digests WHERE root = ?"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells, without reading it, that a file is probably as it was. The inode changes on a rename
    over the file, the change time even where a tool sets the modification time back."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def of(cls, info: os.stat_result) -> Stamp:
        """Take the stamp of an open file, so that it belongs to the bytes that are read."""
        return cls(info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino & _SQLITE_INTEGER)


@dataclass(frozen=True, slots=True)
class Digest:
    """A file's hash, the stamp it had while it was read, and whether it turned out to hold a secret."""

    stamp: Stamp
    sha256: str
    secret: bool


def hash_file(file: BinaryIO) -> tuple[str, int, bytes]:
    """Give SHA-256, size and the beginning of a file, reading it in pieces."""
    digest, size, beginning = hashlib.sha256(), 0, b""
    while chunk := file.read(CHUNK_BYTES):
        beginning = beginning or chunk
        size += len(chunk)
        digest.update(chunk)
    return digest.hexdigest(), size, beginning


class DigestCache:
    """A small SQLite file in the state folder. Every call opens it anew: calls come from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, root: Path) -> dict[str, Digest]:
        """Give what is known about the files of a project, by their path relative to it."""
        try:
            with contextlib.closing(self._open()) as connection:
                rows = connection.execute(_SELECT, (str(root),))
                return {
                    path: Digest(Stamp(*stamp), sha256, bool(secret)) for path, *stamp, sha256, secret in rows
                }
        except (sqlite3.OperationalError, OSError, FolderNotPrivate):
            return {}
        except sqlite3.DatabaseError:
            self._discard()
            return {}

    def save(self, root: Path, digests: Mapping[str, Digest]) -> None:
        """Replace what is known about a project, except files saved so lately that they may change again
        within the disk's clock tick (git calls such an entry racy)."""
        now = time.time()
        settled = {path: each for path, each in digests.items() if _is_settled(each.stamp, now)}
        try:
            with contextlib.closing(self._open()) as connection, connection:
                connection.execute("DELETE FROM digests WHERE root = ?", (str(root),))
                connection.execute("DELETE FROM digests WHERE saved_at < ?", (now - _KEEP_SECONDS,))
                connection.executemany(
                    "INSERT INTO digests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _rows(root, settled, now)
                )
        except (sqlite3.Error, OSError, FolderNotPrivate):
            _log.warning("The digest cache could not be written; the next preview hashes all files")

    def _open(self) -> sqlite3.Connection:
        private_folder(self._path.parent)
        connection = sqlite3.connect(self._path, timeout=5)
        try:
            connection.execute(_SCHEMA)
        except BaseException:
            connection.close()
            raise
        return connection

    def _discard(self) -> None:
        _log.warning("The digest cache could not be read; it is made anew")
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def _is_settled(stamp: Stamp, now: float) -> bool:
    return max(stamp.mtime_ns, stamp.ctime_ns) / 1e9 < now - _RACY_SECONDS


def _rows(root: Path, digests: Mapping[str, Digest], now: float) -> Iterable[tuple[object, ...]]:
    for path, each in digests.items():
        stamp = each.stamp
        yield (
            *(str(root), path, stamp.size, stamp.mtime_ns, stamp.ctime_ns, stamp.inode),
            *(each.sha256, int(each.secret), now),
        )
