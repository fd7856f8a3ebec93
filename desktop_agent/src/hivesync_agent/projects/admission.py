"""Decide for one path whether it may leave the machine. Every file of every manifest passes here.

A link is judged by its own name and by what it leads to: `public/x.txt -> ../.env` is an env file.
"""

from __future__ import annotations

import os
import re
import unicodedata
from enum import Enum, auto
from pathlib import Path

from hivesync_agent.projects.confined import Identity, identity, real_path
from hivesync_agent.projects.ignore import Ignores
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.secrets import is_secret

UNPORTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f:\\\ud800-\udfff]")


class Verdict(Enum):
    """`SECRET` is told to the user; the other refusals are what one expects."""

    ADMITTED = auto()
    SECRET = auto()
    IGNORED = auto()
    OUTSIDE = auto()


class Admission:
    """The rules of one project. `own` are device and inode of our folders."""

    def __init__(self, root: Path, ignores: Ignores, own: frozenset[Identity]) -> None:
        self.root = root
        self._ignores = ignores
        self._own = own

    def of_child(self, relative: str, *, is_folder: bool, is_link: bool) -> Verdict:
        """Judge a file or folder found in an admitted folder."""
        if not is_portable(relative):
            return Verdict.OUTSIDE
        if is_secret(relative):
            return Verdict.SECRET
        if self._ignores.excludes(relative, is_folder=is_folder):
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
        if self._ignores.excludes_anywhere(relative):
            return Verdict.IGNORED
        return self._of_real(relative)

    def of_package_file(self, relative: str) -> Verdict:
        """Judge a file of an installed package, to which the project's ignore lists do not apply."""
        if not is_portable(relative) or is_secret(relative):
            return Verdict.OUTSIDE
        try:
            real = real_path(self.root, relative)
        except (OSError, RuntimeError, PathRefused):
            return Verdict.OUTSIDE
        return Verdict.OUTSIDE if is_secret(real.as_posix()) else Verdict.ADMITTED

    def is_own(self, relative: str) -> bool:
        """Tell whether a path lies in one of the agent's folders."""
        if not self._own:
            return False
        path = self.root / relative
        return any(identity(each) in self._own for each in (path, *path.parents))

    def _of_real(self, relative: str) -> Verdict:
        try:
            real = real_path(self.root, relative).as_posix()
        except (OSError, RuntimeError, PathRefused):
            return Verdict.OUTSIDE
        if real == ".":
            return Verdict.ADMITTED
        if is_secret(real):
            return Verdict.SECRET
        if real != relative and self._ignores.excludes_anywhere(real):
            return Verdict.IGNORED
        return Verdict.OUTSIDE if self.is_own(real) else Verdict.ADMITTED


def manifest_path(relative: str) -> str:
    """Give the path's one spelling in manifests: macOS keeps what was typed, imports are mostly composed."""
    return unicodedata.normalize("NFC", relative.replace(os.sep, "/"))


def is_portable(relative: str) -> bool:
    """Tell whether a name can be told to another machine: valid Unicode, no control or separator in it."""
    return UNPORTABLE.search(relative.replace(os.sep, "/")) is None
