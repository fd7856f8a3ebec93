"""Decide for one path whether it may leave the machine. Every file of every manifest passes here.

A link is judged by its own name and by what it leads to: `public/x.txt -> ../.env` is an env file.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable
from enum import Enum, auto
from functools import cache
from pathlib import PurePosixPath

from hivesync_agent.projects.confined import Confines, Identity, identity, real_path
from hivesync_agent.projects.ignore import DEFAULTS, Ignores
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.root import Target
from hivesync_agent.projects.secrets import is_secret

UNPORTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f:\\\ud800-\udfff]")


class Verdict(Enum):
    """`SECRET` is told to the user; the other refusals are what one expects."""

    ADMITTED = auto()
    SECRET = auto()
    IGNORED = auto()
    OUTSIDE = auto()


class Admission:
    """The rules of one project. Paths are relative to the base of its confines; each approved folder has
    ignore lists of its own. `own` are device and inode of our folders."""

    def __init__(
        self, confines: Confines, ignores_of: Callable[[str], Ignores], own: frozenset[Identity]
    ) -> None:
        self.confines = confines
        self._ignores_of = ignores_of
        self._own = own

    @classmethod
    def of(cls, target: Target, own: frozenset[Identity], defaults: Iterable[str] = DEFAULTS) -> Admission:
        """Give the rules of a target; `defaults` are what its ignore lists begin with."""
        tops = target.tops()

        @cache
        def ignores_of(part: str) -> Ignores:
            folder = target.base / part
            return Ignores(folder if folder.is_dir() else folder.parent, tops[part], defaults)

        return cls(target.confines, ignores_of, own)

    def of_child(self, relative: str, *, is_folder: bool, is_link: bool) -> Verdict:
        """Judge a file or folder found in an admitted folder."""
        if not is_portable(relative):
            return Verdict.OUTSIDE
        if is_secret(relative):
            return Verdict.SECRET
        part = self.confines.part_of(relative)
        if part is None:
            return Verdict.OUTSIDE
        if self._ignores_of(part).excludes(_below(part, relative), is_folder=is_folder):
            return Verdict.IGNORED
        if is_link:
            return self._of_real(relative)
        return Verdict.OUTSIDE if is_folder and self.is_own(relative) else Verdict.ADMITTED

    def of_file(self, relative: str) -> Verdict:
        """Judge a file named by a request or by another file's text, whichever way it was spelled."""
        if not is_portable(relative):
            return Verdict.OUTSIDE
        if is_secret(relative):
            return Verdict.SECRET
        if self.confines.part_of(relative) is None:
            return Verdict.OUTSIDE
        return Verdict.IGNORED if self._is_ignored(relative) else self._of_real(relative)

    def of_package_file(self, relative: str) -> Verdict:
        """Judge a file of a package. The project's ignore lists do not apply to what is installed; a
        package of the workspace is the user's own source as any other."""
        if not is_portable(relative) or is_secret(relative):
            return Verdict.OUTSIDE
        try:
            real = real_path(self.confines, relative).as_posix()
        except (OSError, RuntimeError, PathRefused):
            return Verdict.OUTSIDE
        if not is_installed(real):
            return self.of_file(real)
        return Verdict.OUTSIDE if is_secret(real) or self.is_own(real) else Verdict.ADMITTED

    def is_own(self, relative: str) -> bool:
        """Tell whether a path lies in one of the agent's folders."""
        if not self._own:
            return False
        path = f"{self.confines.base}{os.sep}{relative}"
        while identity(path) not in self._own:
            if (outer := os.path.dirname(path)) == path:
                return False
            path = outer
        return True

    def _of_real(self, relative: str) -> Verdict:
        try:
            real = real_path(self.confines, relative).as_posix()
        except (OSError, RuntimeError, PathRefused):
            return Verdict.OUTSIDE
        if real == ".":
            return Verdict.ADMITTED
        if is_secret(real):
            return Verdict.SECRET
        if real != relative and self._is_ignored(real):
            return Verdict.IGNORED
        return Verdict.OUTSIDE if self.is_own(real) else Verdict.ADMITTED

    def _is_ignored(self, relative: str) -> bool:
        part = self.confines.part_of(relative)
        return part is None or (
            relative != part and self._ignores_of(part).excludes_anywhere(_below(part, relative))
        )


def is_installed(relative: str) -> bool:
    """Tell whether a path lies in a folder of installed packages."""
    return "node_modules" in PurePosixPath(relative).parts


def _below(part: str, relative: str) -> str:
    return relative.removeprefix(f"{part}/") if part else relative


def manifest_path(relative: str) -> str:
    """Give the path's one spelling in manifests: macOS keeps what was typed, imports are mostly composed."""
    return unicodedata.normalize("NFC", relative.replace(os.sep, "/"))


def is_portable(relative: str) -> bool:
    """Tell whether a name can be told to another machine: valid Unicode, no control or separator in it."""
    return UNPORTABLE.search(relative.replace(os.sep, "/")) is None
