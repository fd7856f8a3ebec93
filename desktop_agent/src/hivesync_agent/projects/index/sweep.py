"""One pass over a project: what changed since the last one, and its hashes. Blocks: for a process or thread.

A folder whose own stamp is unchanged holds the same names (POSIX sets its modification time whenever an
entry comes, goes or is renamed; NTFS likewise), so only its files are looked at; a file whose stamp is
unchanged is not read. What was changed within the disk's clock tick of a pass is read again in the next
one (git calls such an entry racy). Several sweeps, each with a share of the folders, may run side by side.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hivesync_agent.projects.index.rows import STAMP_NUMBERS, FolderRow, numbers_of

if TYPE_CHECKING:  # loaded when something has changed: most passes find that nothing has
    from hivesync_agent.projects.index.rules import Found, InForce, Judged, Rules

RACY_SECONDS = 2.0
_DEPTH = 100
_NEVER = (-1, -1, -1, -1)


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of the folders a sweep is for: the `number`-th of `count`."""

    number: int = 0
    count: int = 1

    def holds(self, folder: str) -> bool:
        """Tell whether the folder is this sweep's."""
        return zlib.crc32(folder.encode("utf-8", "surrogatepass")) % self.count == self.number


@dataclass(slots=True)
class Outcome:
    """What a sweep found. `changed_files` are paths relative to the root, those that are gone among them."""

    changed: dict[str, FolderRow] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    changed_files: list[str] = field(default_factory=list)
    files: int = 0
    size_bytes: int = 0


class Sweep:
    """One pass. `rows` is what is known; `make_rules` is asked for once something has to be judged."""

    def __init__(
        self, root: Path, rows: dict[str, FolderRow], make_rules: Callable[[], Rules], share: Share
    ) -> None:
        self._root = root
        self._prefix = f"{root}{os.sep}"
        self._rows = rows
        self._make_rules = make_rules
        self._share = share
        self._began = time.time()
        self._outcome = Outcome()

    @cached_property
    def _rules(self) -> Rules:
        return self._make_rules()

    def all(self) -> Outcome:
        """Look at the whole project."""
        seen: set[str] = set()
        waiting: list[tuple[str, InForce]] = [("", self._rules.outer)]
        while waiting:
            folder, outer = waiting.pop()
            entered = self._enter(folder, outer)
            if entered is None:
                continue
            seen.add(folder)
            below, rules = entered
            prefix = f"{folder}/" if folder else ""
            if prefix.count("/") < _DEPTH:
                waiting += ((prefix + name, rules) for name in below)
        self._forget(folder for folder in self._rows if folder not in seen)
        return self._outcome

    def some(self, folders: Iterable[str]) -> Outcome | None:
        """Look at some known folders; None if that takes more: a folder came or went, or a list changed."""
        for folder in folders:
            row = self._rows.get(folder)
            entered = self._enter(folder, self._around(folder)) if row is not None else None
            if row is None or entered is None or entered[0] != row.folders:
                return None
            if entered[1].fingerprint != row.rules:
                return None
        return self._outcome

    def _around(self, folder: str) -> InForce:
        """Give what applies around a folder, from the lists above it."""
        rules, parts = self._rules.outer, folder.split("/") if folder else []
        for count in range(len(parts)):
            above = "/".join(parts[:count])
            known = self._rows.get(above)
            rules = self._rules.within(rules, above, _names(known.lists) if known else ())
        return rules

    def _enter(self, folder: str, outer: InForce) -> tuple[list[str], InForce] | None:
        """Index one folder, if it is ours to do; give the folders in it, and the rules that apply there."""
        path = self._prefix + folder
        try:
            info = os.lstat(path) if folder else os.stat(path)
        except OSError:
            return None
        if not stat.S_ISDIR(info.st_mode):
            return None
        row = self._rows.get(folder)
        stamp = array("q", _stamp_of(info)).tobytes()
        if row is not None and row.stamp == stamp:
            rules = self._rules.within(outer, folder, _names(row.lists)) if row.lists else outer
            if rules.fingerprint == row.rules:
                if self._share.holds(folder) and not self._restat(folder, row):
                    return self._list(folder, outer, row, info)
                return row.folders, rules
        return self._list(folder, outer, row, info)

    def _restat(self, folder: str, row: FolderRow) -> bool:
        """Look at the files of a folder whose names are as they were; False if one is not there after all."""
        prefix = f"{self._prefix}{folder}{os.sep}" if folder else self._prefix
        numbers: list[int] = []
        lstat = os.lstat
        try:
            for name in row.names:
                info = lstat(prefix + name)
                numbers += (info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)
        except OSError:
            return False
        if array("q", numbers) == row.stamps:
            self._count(row)
            return True
        self._keep(folder, row, row.stamp, row.rules, row.lists, _again(row))
        return True

    def _list(
        self, folder: str, outer: InForce, row: FolderRow | None, info: os.stat_result
    ) -> tuple[list[str], InForce] | None:
        from hivesync_agent.projects.index.rules import LISTS

        entries = list(_entries(self._prefix + folder))
        lists = "/".join(sorted(entry.name for entry in entries if entry.name in LISTS))
        rules = self._rules.within(outer, folder, _names(lists))
        judged = self._rules.judge(folder, entries, rules)
        if self._share.holds(folder):
            trusted = not judged.links and info.st_mtime < self._began - RACY_SECONDS
            stamp = array("q", _stamp_of(info)).tobytes() if trusted else b""
            self._keep(folder, row, stamp, rules.fingerprint, lists, judged)
        return judged.folders, rules

    def _keep(
        self, folder: str, row: FolderRow | None, stamp: bytes, rules: bytes, lists: str, judged: Judged
    ) -> None:
        """Hash what is new or changed in a folder and note its row, if that differs from what is known."""
        known = row.known() if row is not None else {}
        names, stamps, digests = [], array("q"), bytearray()
        for name, numbers, digest in self._hashed(folder, judged, known):
            names.append(name)
            stamps.extend(numbers)
            digests += digest
            if name not in known or known[name][1] != digest:
                self._note(folder, name)
        for name in known.keys() - set(names):
            self._note(folder, name)
        fresh = FolderRow(stamp, rules, lists, names, stamps, bytes(digests), judged.folders, judged.skipped)
        self._count(fresh)
        if fresh != row:
            self._outcome.changed[folder] = fresh

    def _hashed(
        self, folder: str, judged: Judged, known: dict[str, tuple[array[int], bytes]]
    ) -> Iterator[tuple[str, tuple[int, ...], bytes]]:
        from hivesync_agent.projects.index.folder import opened

        links = frozenset(judged.links)
        with contextlib.suppress(OSError), opened(self._root, folder) as place:
            for name in sorted((*judged.files, *judged.links)) if links else judged.files:
                before = known.get(name)
                if before is not None and self._is_same(folder, name, before[0]):
                    yield name, tuple(before[0]), before[1]
                elif (found := place.hash(name, is_link=name in links)) is not None:
                    yield name, self._settled(found[0]), found[1]

    def _is_same(self, folder: str, name: str, numbers: array[int]) -> bool:
        with contextlib.suppress(OSError):
            info = os.stat(os.path.join(self._prefix + folder, name))
            current = numbers_of(info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)
            return array("q", current) == numbers
        return False

    def _settled(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """Give the stamp, or one that nothing has, for a file that may change again without it showing."""
        recent = max(numbers[1], numbers[2]) / 1e9 > self._began - RACY_SECONDS
        return (numbers[0], *_NEVER[1:]) if recent else numbers

    def _forget(self, folders: Iterable[str]) -> None:
        for folder in folders:
            if self._share.holds(folder):
                self._outcome.gone.append(folder)
                for name in self._rows[folder].names:
                    self._note(folder, name)

    def _note(self, folder: str, name: str) -> None:
        self._outcome.changed_files.append(f"{folder}/{name}" if folder else name)

    def _count(self, row: FolderRow) -> None:
        self._outcome.files += len(row.names)
        self._outcome.size_bytes += sum(row.stamps[::STAMP_NUMBERS])


def _entries(path: str) -> Iterator[Found]:
    from hivesync_agent.projects.index.rules import Found

    with contextlib.suppress(OSError), os.scandir(path) as entries:  # gone, or not ours to read: empty
        for entry in entries:
            with contextlib.suppress(OSError):
                yield Found(entry.name, entry.is_dir(), entry.is_file(), entry.is_symlink())


def _again(row: FolderRow) -> Judged:
    from hivesync_agent.projects.index.rules import Judged

    return Judged(files=row.names, folders=row.folders, skipped=row.skipped)


def _stamp_of(info: os.stat_result) -> tuple[int, int, int, int]:
    return numbers_of(info.st_dev & 0xFFFFFFFF, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)


def _names(joined: str) -> list[str]:
    return joined.split("/") if joined else []
