"""Which files a relative import may mean, on any platform. Looks into approved folders only; decides nothing.

The build picks one of them (`button.ios.tsx` over `button.tsx`); here every variant that exists counts, so
that the phone's platform can change without another upload.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from itertools import islice

from hivesync_agent.projects.confined import Confines

ENDINGS = (".tsx", ".ts", ".mts", ".jsx", ".js", ".mjs", ".cjs", ".json", ".css")
"""What the build adds to a name, in its order."""

_PLATFORMS = ("", ".ios", ".android", ".native", ".web")
_SCALES = ("@1x", "@1.5x", "@2x", "@3x", "@4x")
_TYPESCRIPT_OF = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}


def join(folder: str, reference: str) -> str | None:
    """Give the path that `reference` means in `folder`; None if it leads above the root."""
    path = posixpath.normpath(posixpath.join(folder, reference))
    if path == ".." or path.startswith(("../", "/")):
        return None
    return "" if path == "." else path


def between(folder: str, path: str) -> str:
    """Give a path as it is written in `folder`, with `..` where it lies elsewhere."""
    mine, parts = folder.split("/") if folder else [], path.split("/")
    common = 0
    while common < min(len(mine), len(parts)) and mine[common] == parts[common]:
        common += 1
    return "/".join((*[".."] * (len(mine) - common), *parts[common:]))


class Folders:
    """Names in a project's folders, each read once: of an import's many candidates most are absent."""

    def __init__(self, confines: Confines) -> None:
        self._confines = confines
        self._files: dict[str, frozenset[str]] = {}

    def files_in(self, folder: str) -> frozenset[str]:
        """Give the regular files of a folder by their exact names, whatever the disk thinks of case."""
        if folder not in self._files:
            self._files[folder] = self._read(folder)
        return self._files[folder]

    def _read(self, folder: str) -> frozenset[str]:
        # A single file that is approved, such as settings at the workspace's top, is asked for by its name.
        single = [name for name in self._confines.approved if name and posixpath.dirname(name) == folder]
        if self._confines.part_of(folder) is None and not single:
            return frozenset()
        try:
            with os.scandir(self._confines.base / folder) as entries:
                return frozenset(entry.name for entry in entries if entry.is_file())
        except OSError:
            return frozenset()


def existing(folders: Folders, path: str) -> list[str]:
    """Give the files that an import of `path` may mean: itself, with an ending, a variant, or its index."""
    return _variants(folders, path) or _variants(folders, posixpath.join(path, "index"))


def _variants(folders: Folders, path: str) -> list[str]:
    folder, slash, name = path.rpartition("/")
    return [f"{folder}{slash}{file}" for file in _named(name, folders.files_in(folder))]


def _named(name: str, present: frozenset[str]) -> Iterator[str]:
    stem, suffix = posixpath.splitext(name)
    for platform in _PLATFORMS:
        if (file := f"{stem}{platform}{suffix}") in present:
            yield file
        # One for a platform: the build takes the first as well, whichever the platform.
        added = (f"{name}{platform}{each}" for each in ENDINGS)
        yield from islice((file for file in added if file in present), 1)
        for typescript in _TYPESCRIPT_OF.get(suffix, ()):
            if (file := f"{stem}{platform}{typescript}") in present:
                yield file
    if suffix in (".png", ".jpg", ".jpeg", ".gif", ".webp"):
        # React Native's own naming of an image's densities.
        yield from (file for scale in _SCALES if (file := f"{stem}{scale}{suffix}") in present)
