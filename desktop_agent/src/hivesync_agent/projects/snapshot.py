"""The files of one preview with their hashes, as they were at one moment. Reads files; sends nothing."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from hivesync_contract.limits import MANIFEST_FILES, PATH_BYTES, SOURCE_TEXT_BYTES
from hivesync_contract.previews import FileEntry
from hivesync_contract.sources import is_source_text

from hivesync_agent.projects.admission import manifest_path
from hivesync_agent.projects.confined import Confines, Within, open_inside
from hivesync_agent.projects.digests import Digest, DigestCache, Stamp, hash_file
from hivesync_agent.projects.refusals import PathRefused, SourceTooLarge
from hivesync_agent.projects.secrets import holds_private_key

TOTAL_BYTES = 256 * 1024 * 1024
"""More than any tier takes: above it, hashing would only delay the answer."""

_NAMED_FILES = 5
_TELL_FILES = 250

Progress = Callable[[int, int], None]
"""Told of (files hashed, files in all), from the thread that hashes."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to send. `disk` is its path, relative to the target's base, as the disk spells it."""

    entry: FileEntry
    disk: str


@dataclass(frozen=True, slots=True)
class Hashed:
    """What hashing gave: the files, sorted by path, and those whose content turned out to be secret."""

    files: tuple[SourceFile, ...]
    secrets: tuple[str, ...]


def hash_files(
    within: Within,
    candidates: dict[str, str],
    cache: DigestCache,
    distrusted: Collection[str] = (),
    progress: Progress | None = None,
    *,
    root: Path | None = None,
) -> Hashed:
    """Hash the candidates (manifest path → disk path), reading only what the cache does not know.

    The cache knows them as files of the project at `root`, where that is not all that is read.

    `distrusted` disk paths are read anew: their content changed although nothing else told so.
    Raises `SourceTooLarge` before anything is read. A file that is gone or unreadable is left out;
    whoever imports it will be told that it is missing.
    """
    base = within.base if isinstance(within, Confines) else within
    sizes = _sizes(base, candidates)
    check_sizes(sizes)
    known = cache.load(root or base)
    digests: dict[str, Digest] = {}
    for number, path in enumerate(sizes):
        if progress is not None and number % _TELL_FILES == 0:
            progress(number, len(sizes))
        disk = candidates[path]
        with contextlib.suppress(OSError, PathRefused):
            digests[path] = _digest(
                within, base / disk, disk, None if disk in distrusted else known.get(disk)
            )
    if progress is not None:
        progress(len(sizes), len(sizes))
    current = {candidates[path]: digest for path, digest in digests.items()}
    if current != known:
        cache.save(root or base, current)
    return Hashed(
        tuple(
            SourceFile(FileEntry(path, digest.stamp.size, digest.sha256), candidates[path])
            for path, digest in sorted(digests.items())
            if not digest.secret
        ),
        tuple(path for path, digest in sorted(digests.items()) if digest.secret),
    )


def as_candidates(disk_paths: Iterable[str]) -> dict[str, str]:
    """Give manifest path → disk path. Of two names that differ in composition only, the composed wins."""
    candidates: dict[str, str] = {}
    for disk in disk_paths:
        path = manifest_path(disk)
        if path not in candidates or disk == path:
            candidates[path] = disk
    return candidates


def check_sizes(sizes: dict[str, int]) -> None:
    """Raise `SourceTooLarge`, naming what is large, when a preview can't hold these files."""
    if len(sizes) > MANIFEST_FILES:
        raise SourceTooLarge(
            f"The project has {len(sizes):,} files; a preview holds {MANIFEST_FILES:,}. Name what is not "
            f"part of the app in .hivesyncignore. Most are in {_largest_folder(sizes)}."
        )
    if too_long := next((path for path in sizes if len(path.encode()) > PATH_BYTES), None):
        raise SourceTooLarge(f"A path is longer than {PATH_BYTES} bytes: {too_long[:80]}…")
    text = {path: size for path, size in sizes.items() if is_source_text(path)}
    _check_total(text, SOURCE_TEXT_BYTES, "source text")
    _check_total(sizes, TOTAL_BYTES, "files")


def _check_total(sizes: dict[str, int], limit: int, what: str) -> None:
    total = sum(sizes.values())
    if total <= limit:
        return
    notable = [path for path in sizes if sizes[path] * 100 > total] or list(sizes)
    largest = sorted(notable, key=lambda path: (-sizes[path], path))[:_NAMED_FILES]
    named = ", ".join(f"{path} ({_megabytes(sizes[path])})" for path in largest)
    raise SourceTooLarge(
        f"The project's {what} is {_megabytes(total)}; a preview holds {_megabytes(limit)}. "
        f"The largest: {named}. Name what is not part of the app in .hivesyncignore."
    )


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / (1024 * 1024):.2f} MB" if size_bytes >= 10_000 else f"{size_bytes / 1024:.1f} KB"


def _largest_folder(sizes: dict[str, int]) -> str:
    counts: dict[str, int] = {}
    for path in sizes:
        folder = path.rpartition("/")[0] or "."
        counts[folder] = counts.get(folder, 0) + 1
    return max(counts, key=lambda folder: (counts[folder], folder))


def _sizes(base: Path, candidates: dict[str, str]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for path, disk in candidates.items():
        with contextlib.suppress(OSError):
            info = os.stat(base / disk)
            if stat.S_ISREG(info.st_mode):
                sizes[path] = info.st_size
    return sizes


def _digest(within: Within, path: Path, disk: str, known: Digest | None) -> Digest:
    if known is not None and known.stamp == Stamp.of(os.stat(path)):
        return known
    with open_inside(within, disk) as file:
        stamp = Stamp.of(os.fstat(file.fileno()))
        sha256, size, beginning = hash_file(file)
    # The size that was hashed, should the file have grown meanwhile: the manifest must fit its hash.
    settled = Stamp(size, stamp.mtime_ns, stamp.ctime_ns, stamp.inode)
    return Digest(settled, sha256, holds_private_key(disk, beginning))
