"""The index on disk: one SQLite file per project. A lost or damaged one costs a pass, and nothing else."""

from __future__ import annotations

import contextlib
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from hivesync_agent.projects.index.rows import FolderRow

_FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS folders (
    path TEXT PRIMARY KEY, stamp BLOB NOT NULL, rules BLOB NOT NULL, lists TEXT NOT NULL,
    names TEXT NOT NULL, stamps BLOB NOT NULL, digests BLOB NOT NULL, folders TEXT NOT NULL,
    skipped TEXT NOT NULL
)
"""
_COLUMNS = "path, stamp, rules, lists, names, stamps, digests, folders, skipped"
_WAIT_SECONDS = 30.0


class IndexStore:
    """Rows by the folder's path, relative to the root; the root's own is empty. Calls come from any thread
    or process, and each opens the file anew. Its folder is made private by whoever names it."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def load(self, folders: Iterable[str] | None = None) -> dict[str, FolderRow]:
        """Give all rows, or those of some folders; none where the file is absent or damaged."""
        try:
            with self._open() as connection:
                if folders is None:
                    return dict(map(_row, connection.execute(f"SELECT {_COLUMNS} FROM folders")))  # noqa: S608
                found = (
                    connection.execute(f"SELECT {_COLUMNS} FROM folders WHERE path = ?", (folder,)).fetchone()  # noqa: S608
                    for folder in folders
                )
                return dict(_row(row) for row in found if row is not None)
        except sqlite3.OperationalError:
            return {}
        except (sqlite3.DatabaseError, ValueError):
            self.discard()
            return {}

    def pages(self, after: str | None) -> Iterator[tuple[str, FolderRow]]:
        """Give rows in the order of their folders, those behind `after` only, one at a time."""
        with self._open() as connection:
            query = f"SELECT {_COLUMNS} FROM folders WHERE path > ? OR ? ORDER BY path"  # noqa: S608
            for row in connection.execute(query, (after or "", after is None)):
                yield _row(row)

    def folders(self) -> list[str]:
        """Give the paths of all folders, without reading their rows."""
        with self._open() as connection:
            return [path for (path,) in connection.execute("SELECT path FROM folders")]

    def skipped(self, limit: int) -> list[str]:
        """Give the paths of what is kept out, up to `limit`."""
        found: list[str] = []
        for folder, row in self.pages(None):
            found += (f"{folder}/{name}" if folder else name for name in row.left_out())
            if len(found) >= limit:
                break
        return found[:limit]

    def apply(self, changed: Mapping[str, FolderRow], gone: Iterable[str]) -> None:
        """Write what a pass found, in one step."""
        with self._open() as connection, connection:
            connection.executemany("DELETE FROM folders WHERE path = ?", ((path,) for path in gone))
            connection.executemany(
                "INSERT OR REPLACE INTO folders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (_values(path, row) for path, row in changed.items()),
            )

    def discard(self) -> None:
        """Forget everything: the project is unlinked, or the file is damaged."""
        for suffix in ("", "-journal"):
            with contextlib.suppress(OSError):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=_WAIT_SECONDS)
        try:
            # A crash of the machine may damage the file, which then is made anew.
            connection.execute("PRAGMA synchronous = OFF")
            if connection.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
                connection.execute("DROP TABLE IF EXISTS folders")
                connection.execute(_SCHEMA)
                connection.execute(f"PRAGMA user_version = {_FORMAT}")
            yield connection
        finally:
            connection.close()


def _row(values: tuple[str, bytes, bytes, str, str, bytes, bytes, str, str]) -> tuple[str, FolderRow]:
    path, stamp, rules, lists, names, stamps, digests, folders, skipped = values
    numbers = array("q")
    numbers.frombytes(stamps)
    listed = (_split(each) for each in (lists, names, folders, skipped))
    return path, FolderRow(stamp, rules, next(listed), next(listed), numbers, digests, *listed)


def _values(path: str, row: FolderRow) -> tuple[str, bytes, bytes, str, str, bytes, bytes, str, str]:
    lists, names, folders, skipped = map("/".join, (row.lists, row.names, row.folders, row.skipped))
    return path, row.stamp, row.rules, lists, names, row.stamps.tobytes(), row.digests, folders, skipped


def _split(names: str) -> list[str]:
    """Undo a join by `/`, which no name holds."""
    return names.split("/") if names else []
