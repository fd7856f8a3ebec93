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
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hivesync_agent.projects.index.folder import Descent
from hivesync_agent.projects.index.hashing import RACY_SECONDS, bring_up_to_date
from hivesync_agent.projects.index.outcome import Outcome
from hivesync_agent.projects.index.rows import LARGEST_INODE, FolderRow
from hivesync_agent.projects.index.rules import LISTS, InForce, Rules

_DEPTH = 100
_JUNCTION = 0xA0000003
"""`stat.IO_REPARSE_TAG_MOUNT_POINT`, which Python names on Windows only."""


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of the folders a sweep is for: the `number`-th of `count`."""

    number: int = 0
    count: int = 1

    def holds(self, folder: str) -> bool:
        """Tell whether the folder is this sweep's."""
        return zlib.crc32(folder.encode("utf-8", "surrogatepass")) % self.count == self.number


class Sweep:
    """One pass. `rows` is what is known."""

    def __init__(self, root: Path, rows: dict[str, FolderRow], rules: Rules, share: Share) -> None:
        self._prefix = f"{root}{os.sep}"
        self._rows = rows
        self._rules = rules
        self._share = share
        self._settled_ns = int((time.time() - RACY_SECONDS) * 1e9)
        self._descent = Descent(root)
        self._outcome = Outcome()

    def all(self) -> Outcome:
        """Look at the whole project."""
        seen: set[str] = set()
        waiting: list[tuple[str, InForce]] = [("", self._rules.outer)]
        with contextlib.closing(self._descent):
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
        for folder, row in self._rows.items():
            if folder not in seen and self._share.holds(folder):
                self._outcome.forget(folder, row)
        return self._outcome

    def some(self, folders: Iterable[str]) -> Outcome | None:
        """Look at some known folders; None if that takes more: a folder came or went, or a list changed."""
        with contextlib.closing(self._descent):
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
            rules = self._rules.within(rules, above, known.lists if known else ())
        return rules

    def _enter(self, folder: str, outer: InForce) -> tuple[list[str], InForce] | None:
        """Index one folder, if it is ours to do; give the folders in it, and the rules that apply there."""
        path = self._prefix + folder
        try:
            info = os.lstat(path) if folder else os.stat(path)
            if not is_real_folder(info) or self._rules.is_own(info):
                return None
            row = self._rows.get(folder)
            if row is not None and row.stamp == _stamp_of(info):
                rules = self._rules.within(outer, folder, row.lists) if row.lists else outer
                if rules.fingerprint == row.rules and (
                    not self._share.holds(folder) or self._restat(folder, row)
                ):
                    return row.folders, rules
            return self._list(folder, outer, row)
        except OSError:
            return None

    def _restat(self, folder: str, row: FolderRow) -> bool:
        """Look at the files of a folder whose names are as they were; False if one is not as it was."""
        prefix = f"{self._prefix}{folder}{os.sep}" if folder else self._prefix
        numbers: list[int] = []
        lstat = os.lstat
        for name in row.names:
            info = lstat(prefix + name)
            numbers += (info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)
        if array("q", numbers) != row.stamps:
            return False
        self._outcome.count(row)
        return True

    def _list(self, folder: str, outer: InForce, row: FolderRow | None) -> tuple[list[str], InForce]:
        place = self._descent.to(folder)
        info = place.info()
        listing = place.listing()
        lists = sorted(name for name in LISTS if name in listing.files)
        rules = self._rules.within(outer, folder, lists)
        if not self._share.holds(folder):
            return self._rules.folders(folder, listing, rules), rules
        judged = self._rules.judge(folder, listing, rules)
        names = sorted((*judged.files, *judged.links)) if judged.links else judged.files
        files = bring_up_to_date(place, names, judged.links, row, self._settled_ns)
        # What is behind a link changes without the folder telling, so its names are read anew each time.
        trusted = not listing.links and info.st_mtime_ns < self._settled_ns
        fresh = FolderRow(
            stamp=_stamp_of(info) if trusted else b"",
            rules=rules.fingerprint,
            lists=lists,
            names=files.names,
            stamps=files.stamps,
            digests=files.digests,
            folders=judged.folders,
            skipped=judged.skipped,
        )
        self._outcome.read += files.read
        self._outcome.keep(folder, row, fresh)
        return judged.folders, rules


def is_real_folder(info: os.stat_result) -> bool:
    """Tell whether this is a folder and no link to one; Windows' junctions are folders to `lstat`."""
    return stat.S_ISDIR(info.st_mode) and getattr(info, "st_reparse_tag", 0) != _JUNCTION


def _stamp_of(info: os.stat_result) -> bytes:
    numbers = (info.st_dev & 0xFFFFFFFF, info.st_mtime_ns, info.st_ctime_ns, info.st_ino & LARGEST_INODE)
    return array("q", numbers).tobytes()
