"""Find the project that a path belongs to. Refuses relative paths, links that lead out, our own folders."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category

from hivesync_agent.projects.confined import Identity, identity
from hivesync_agent.projects.refusals import PathInvalid, PathRefused

MARKERS = ("package.json", "index.html", "app.json")
_PATH_CHARACTERS = 4096
_UNSAFE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, lone surrogates and line ends: never in a name that a person chose."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a request points at. `root` has its links resolved; `focus` is the file asked for, if one was.

    `loose` is a file that no project surrounds: then only that file and what it refers to is looked at,
    never the whole folder, which may be the user's downloads.
    """

    root: Path
    top: Path
    """The git work tree around the root, else the root: its ignore lists apply as well."""
    focus: str | None = None
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Roots:
    """Knows where projects may lie. `own_folders` hold the agent's token, session state and logs."""

    home: Path
    own_folders: tuple[Path, ...] = ()

    def find(self, path: str) -> Target:
        """Give the project of an absolute path; raise `PathInvalid` or `PathRefused`."""
        asked = _checked(path)
        mode = _mode(asked)
        if stat.S_ISDIR(mode):
            target = self._of_folder(asked)
        elif stat.S_ISREG(mode):
            target = self._of_file(asked)
        else:
            raise PathInvalid(f"{path} is neither a file nor a folder.")
        self.refuse_own(target.root if target.focus is None else target.root / target.focus)
        return target

    def find_folder(self, path: str) -> Target:
        """Give a folder itself as a project, whatever lies in or around it; raise likewise."""
        asked = _checked(path)
        if not stat.S_ISDIR(_mode(asked)):
            raise PathInvalid(f"{path} is not a folder.")
        folder = asked.resolve(strict=True)
        if self._is_boundary(folder):
            raise PathRefused(f"{folder} is too much for a project; name the project's folder in it.")
        self.refuse_own(folder)
        return Target(folder, self._work_tree(folder))

    def refuse_own(self, path: Path) -> None:
        """Raise `PathRefused` for a path in one of our own folders, however it is spelled or linked."""
        own = self.own_identities()
        if any(identity(part) in own for part in (path, *path.parents)):
            raise PathRefused("HiveSync's own folders are never previewed.")

    def own_identities(self) -> frozenset[Identity]:
        """Give device and inode of our folders: names differ by case, links and mounts, these do not."""
        found = (identity(folder) for folder in self.own_folders)
        return frozenset(each for each in found if each is not None)

    def _of_folder(self, asked: Path) -> Target:
        folder = asked.resolve(strict=True)
        root = self._nearest(folder) or folder
        if self._is_boundary(root):
            raise PathRefused(f"{root} is too much for a preview; name the project's folder in it.")
        return Target(root, self._work_tree(root))

    def _of_file(self, asked: Path) -> Target:
        lexical_root = self._nearest(asked.parent)
        root = (lexical_root or asked.parent).resolve(strict=True)
        real = asked.resolve(strict=True)
        if not real.is_relative_to(root):
            raise PathRefused(f"{asked} is a link that leads out of its project; open the file itself.")
        focus = real.relative_to(root).as_posix()
        return Target(root, self._work_tree(root), focus, loose=lexical_root is None)

    def _work_tree(self, root: Path) -> Path:
        return next((folder for folder in self._upward(root) if (folder / ".git").exists()), root)

    def _nearest(self, folder: Path) -> Path | None:
        """Give the nearest folder upward that looks like a project's."""
        for candidate in self._upward(folder):
            if any((candidate / marker).is_file() for marker in MARKERS):
                return candidate
        return None

    def _upward(self, folder: Path) -> Iterator[Path]:
        """Give the folders that may be the root: not the home folder, and none above a repository's.

        Nor one of another owner: whoever may write to /tmp could otherwise make all of it a "project".
        """
        owner = folder.stat().st_uid
        for candidate in (folder, *folder.parents):
            if self._is_boundary(candidate) or candidate.stat().st_uid != owner:
                return
            yield candidate
            if (candidate / ".git").exists():
                return

    def _is_boundary(self, folder: Path) -> bool:
        return folder.parent == folder or identity(folder) == identity(self.home)


def _checked(path: str) -> Path:
    """Refuse what could mean something else than it says, before the disk is touched."""
    if not path or len(path) > _PATH_CHARACTERS or any(category(each) in _UNSAFE for each in path):
        raise PathInvalid("The path is empty, too long, or holds control characters.")
    asked = Path(path)
    if not asked.is_absolute():
        raise PathInvalid("The path must be absolute.")
    if ".." in asked.parts:
        raise PathInvalid("The path must not hold '..'; resolve it first.")
    if path.startswith(("\\\\.\\", "\\\\?\\")):
        raise PathInvalid("Windows device paths are not previewed.")
    return asked


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except (OSError, ValueError) as exc:
        raise PathInvalid(f"{path} does not exist or can't be read.") from exc
