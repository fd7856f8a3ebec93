"""Find the project that a path belongs to. Refuses relative paths, links that lead out, our own folders."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from hivesync_agent.projects.asked import as_listed, checked, mode_of, refuse_kernel
from hivesync_agent.projects.confined import Confines, Identity, identity
from hivesync_agent.projects.refusals import PathInvalid, PathRefused
from hivesync_agent.projects.resolution import between
from hivesync_agent.projects.workspace import reachable

MARKERS = ("package.json", "index.html", "app.json")


@dataclass(frozen=True, slots=True)
class Target:
    """What a request points at. `root` has its links resolved; `focus` is the file asked for, if one was.

    `loose` is a file that no project surrounds: then only that file and what it refers to is looked at,
    never the whole folder, which may be the user's downloads.
    """

    root: Path
    top: Path
    """The git work tree around the root, or the workspace, else the root: its ignore lists apply as well."""
    focus: str | None = None
    loose: bool = False
    beyond: tuple[Approved, ...] = ()
    """What lies outside of the root and may be read all the same: of its workspace, or as the user said."""

    @property
    def base(self) -> Path:
        """Give the folder that holds the root and all beyond it. Manifests name files from there."""
        return Path(os.path.commonpath((self.root, *(each.path for each in self.beyond))))

    @property
    def place(self) -> str:
        """Give the root's path from the base, empty where they are the same."""
        return _from(self.base, self.root)

    @property
    def confines(self) -> Confines:
        """Give what may be read."""
        return Confines(self.base, frozenset(self.tops()))

    def tops(self) -> dict[str, Path]:
        """Give each approved folder or file, from the base, and the work tree whose ignore lists apply."""
        base = self.base
        return {_from(base, each.path): each.top for each in (*self.beyond, Approved(self.root, self.top))}

    def from_base(self, relative: str) -> str:
        """Give the path from the base of what is named from the root."""
        return posixpath.join(self.place, relative)

    def from_root(self, path: str) -> str:
        """Give the path from the root, with `..` where it lies beyond, of what is named from the base."""
        return between(self.place, path)


@dataclass(frozen=True, slots=True)
class Approved:
    """A folder, or one file, with its links resolved. `top` as of a target."""

    path: Path
    top: Path


@dataclass(frozen=True, slots=True)
class Approval:
    """The user linked `folder`: what lies in it may read all of it, and the `others` that he named."""

    folder: Path
    others: tuple[Path, ...] = ()

    def around(self, root: Path) -> Iterator[Path]:
        """Give what a project may read by this approval, besides itself."""
        if root.is_relative_to(self.folder):
            yield from (each for each in (self.folder, *self.others) if not each.is_relative_to(root))


@dataclass(frozen=True, slots=True)
class Roots:
    """Knows where projects may lie. `own_folders` hold the agent's token, session state and logs."""

    home: Path
    own_folders: tuple[Path, ...] = ()

    def find(self, path: str, approvals: Collection[Approval] = ()) -> Target:
        """Give the project of an absolute path; raise `PathInvalid` or `PathRefused`.

        `approvals` say what the user lets its projects read beyond their roots.
        """
        asked = checked(path)
        mode = mode_of(asked)
        if stat.S_ISDIR(mode):
            target = self._of_folder(asked, approvals)
        elif stat.S_ISREG(mode):
            target = self._of_file(asked, approvals)
        else:
            raise PathInvalid(f"{path} is neither a file nor a folder.")
        self._refuse(target.root if target.focus is None else target.root / target.focus)
        return target

    def find_folder(self, path: str) -> Target:
        """Give a folder itself as a project, whatever lies in or around it; raise likewise."""
        asked = checked(path)
        if not stat.S_ISDIR(mode_of(asked)):
            raise PathInvalid(f"{path} is not a folder.")
        folder = asked.resolve(strict=True)
        if self._is_boundary(folder):
            raise PathRefused(f"{folder} is too much for a project; name the project's folder in it.")
        self._refuse(folder)
        return Target(folder, self._work_tree(folder))

    def _refuse(self, path: Path) -> None:
        """Raise `PathRefused` for what is the system's, or in our own folders, however spelled or linked."""
        refuse_kernel(path.resolve())
        own = self.own_identities()
        if any(identity(part) in own for part in (path, *path.parents)):
            raise PathRefused("HiveSync's own folders are never previewed.")

    def own_identities(self) -> frozenset[Identity]:
        """Give device and inode of our folders: names differ by case, links and mounts, these do not."""
        found = (identity(folder) for folder in self.own_folders)
        return frozenset(each for each in found if each is not None)

    def check_approved(self, root: Path, folder: Path) -> None:
        """Raise `PathRefused` for a folder that no base could hold together with the root.

        Above the home folder its paths would tell the user's name, and at the disk's top everything.
        """
        if not self._fits(root, folder):
            raise PathRefused(
                f"{folder} and {root} have no folder in common that could hold both; "
                "move one beside the other."
            )

    def _of_folder(self, asked: Path, approvals: Collection[Approval]) -> Target:
        folder = asked.resolve(strict=True)
        root = self._nearest(folder) or folder
        if self._is_boundary(root):
            raise PathRefused(f"{root} is too much for a preview; name the project's folder in it.")
        return self._target(root, approvals)

    def _of_file(self, asked: Path, approvals: Collection[Approval]) -> Target:
        lexical_root = self._nearest(asked.parent)
        root = (lexical_root or asked.parent).resolve(strict=True)
        real = asked.resolve(strict=True)
        target = (
            Target(root, self._work_tree(root)) if lexical_root is None else self._target(root, approvals)
        )
        if real.is_relative_to(root):
            focus = real.relative_to(root)
        elif lexical_root is not None and any(real.is_relative_to(each.path) for each in target.beyond):
            focus = asked.relative_to(lexical_root)
        else:
            raise PathRefused(f"{asked} is a link that leads out of its project; open the file itself.")
        return replace(target, focus=as_listed(root, focus.as_posix()), loose=lexical_root is None)

    def _target(self, root: Path, approvals: Collection[Approval]) -> Target:
        """Give a project with what it may read beyond its root."""
        top = self._work_tree(root)
        is_repository = (top / ".git").exists()
        workspace = reachable(root, self._upward(root), top if is_repository else None)
        beyond = {}
        if workspace is not None:
            folder, found = workspace
            top = top if is_repository else folder
            beyond = {path: Approved(path, self._top_of(path, folder, top)) for path in found}
        for approval in approvals:
            for path in approval.around(root):
                if self._fits(root, path) and path.is_dir() and path.resolve() == path:
                    beyond.setdefault(path, Approved(path, self._work_tree(path)))
        return Target(root, top, beyond=tuple(beyond.values()))

    def _top_of(self, path: Path, workspace: Path, top: Path) -> Path:
        """Give the work tree of a part of a workspace: its own, if it is a repository in the repository."""
        if path.is_file():
            return top
        own = self._work_tree(path)
        return own if own.is_relative_to(workspace) and (own / ".git").exists() else top

    def _fits(self, root: Path, folder: Path) -> bool:
        try:
            base = Path(os.path.commonpath((root, folder)))
        except ValueError:
            return False  # on another drive of Windows
        home = self.home.resolve()
        return base.parent != base and not (base != home and home.is_relative_to(base))

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


def _from(base: Path, path: Path) -> str:
    relative = path.relative_to(base).as_posix()
    return "" if relative == "." else relative
