"""The file of a backup: JSON lines in gzip, between a header and an end that counts and hashes them.

    {"hivesync_backup": 1, "revision": …, "server": …, "created_at": …}
    {"table": "users", "columns": ["id", …]}
    ["018f…", …]
    …
    {"end": true, "rows": {"users": 3, …}, "sha256": …}

Who reads it has to come to the end and find both right; a file that was cut or changed has no such end.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from hivesync_contract.errors import ErrorCode, HiveSyncError

_LINE_MAX = 256 * 1024 * 1024
"""Longer than any row; a line without end must not fill the memory."""


_PART_PREFIX, _PART_SUFFIX = ".hivesync-backup-", ".part"
_LEFTOVER_SECONDS = 24 * 3600.0


class BackupInvalid(HiveSyncError):
    """The file is no backup, was cut, or was changed. Nothing of it has been restored."""

    code = ErrorCode.VALIDATION_ERROR


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself."""

    revision: str
    server: str
    created_at: str
    hivesync_backup: int = 1


@dataclass(frozen=True, slots=True)
class TableBegins:
    """The rows that follow are of this table."""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class End:
    """How many rows each table has."""

    rows: dict[str, int]


class BackupWriter:
    """Writes the lines, and hashes what it writes."""

    def __init__(self, file: BinaryIO, header: Header) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._rows: dict[str, int] = {}
        self._table = ""
        self._write(asdict(header))

    @property
    def rows(self) -> dict[str, int]:
        """Give how many rows of each table were written."""
        return dict(self._rows)

    def begin(self, table: str, columns: list[str]) -> None:
        """Say what the next rows are."""
        self._table = table
        self._rows[table] = 0
        self._write({"table": table, "columns": columns})

    def row(self, values: list[Any]) -> None:
        """Write one row."""
        self._rows[self._table] += 1
        self._write(values)

    def end(self) -> None:
        """Say that this was all."""
        self._write({"end": True, "rows": self._rows, "sha256": self._hash.hexdigest()})

    def _write(self, content: Any) -> None:
        line = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        self._hash.update(line)
        self._file.write(line)


class BackupReader:
    """Reads the lines; raises `BackupInvalid` for the first that can't be right."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        match self._line():
            case {
                "hivesync_backup": 1,
                "revision": str(revision),
                "server": str(server),
                "created_at": str(created_at),
            }:
                self.header = Header(revision, server, created_at)
            case _:
                raise BackupInvalid("This is no backup that this release can read.")

    def items(self) -> Iterator[TableBegins | list[Any] | End]:
        """Give what follows the header, and last the `End`."""
        while True:
            expected = self._hash.hexdigest()
            match self._line():
                case list(values):
                    yield values
                case {"table": str(table), "columns": list(columns)}:
                    yield TableBegins(table, tuple(columns))
                case {"end": True, "rows": dict(rows), "sha256": str(given)}:
                    if given != expected or self._read():
                        raise BackupInvalid("The backup was changed after it was made.")
                    yield End(rows)
                    return
                case _:
                    raise BackupInvalid("The backup has a line that no backup has.")

    def _line(self) -> Any:
        line = self._read()
        if not line.endswith(b"\n"):
            raise BackupInvalid("The backup was cut: its end is missing.")
        self._hash.update(line)
        try:
            return json.loads(line)
        except ValueError as error:
            raise BackupInvalid("The backup has a line that is not JSON.") from error

    def _read(self) -> bytes:
        try:
            return self._file.readline(_LINE_MAX)
        except EOFError as error:
            raise BackupInvalid("The backup was cut: its end is missing.") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise BackupInvalid("The file is no backup, or was damaged.") from error


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Give a file that gets its name once it is whole and on the disk, readable by its owner alone."""
    _remove_leftovers(path.parent)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=_PART_PREFIX, suffix=_PART_SUFFIX)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            # No name and no time inside: the same rows give the same bytes.
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                yield cast(BinaryIO, packed)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    _sync_folder(path.parent)


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """Give the unpacked content of a backup."""
    with gzip.open(path, "rb") as file:
        yield cast(BinaryIO, file)


def verify(path: Path) -> Header:
    """Read a backup to its end, or raise `BackupInvalid`; so a damaged one is known before it is used."""
    rows: dict[str, int] = {}
    table = ""
    with reading(path) as file:
        reader = BackupReader(file)
        for item in reader.items():
            match item:
                case TableBegins():
                    table = item.table
                    rows[table] = 0
                case End():
                    if item.rows != rows:
                        raise BackupInvalid("The backup was changed after it was made.")
                case _:
                    rows[table] = rows.get(table, 0) + 1
    return reader.header


def _remove_leftovers(folder: Path) -> None:
    """Remove what a backup that was killed left; one that is being written is younger."""
    for part in folder.glob(f"{_PART_PREFIX}*{_PART_SUFFIX}"):
        if part.stat().st_mtime < time.time() - _LEFTOVER_SECONDS:
            part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
