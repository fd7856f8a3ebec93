"""The workspace (pnpm, npm, yarn, bun, Lerna, Nx) around a project, and what of it the project may read.

That is what the workspace's own settings declare, and only for a folder that they count as a part: the
packages, the folders of installed packages, and the settings that lie at the top. A declaration is data of
a repository, perhaps a hostile one: nothing above the workspace's folder is taken, nor what git ignores.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path, PurePosixPath

from hivesync_agent.projects.confined import read_inside
from hivesync_agent.projects.ignore import Ignores
from hivesync_agent.projects.jsonc import read_object, texts
from hivesync_agent.projects.secrets import is_secret
from hivesync_agent.projects.specifiers import SETTINGS

_SETTINGS_BYTES = 1024 * 1024
_PACKAGES = 1_000
_LISTED_FOLDERS = 20_000
_CHOICES = 10_000
_PATTERN_CHARACTERS = 256
_BRACES = re.compile(r"\{([^{}]*)\}")
_NX_FOLDERS = ("apps", "libs", "packages")


@dataclass(frozen=True, slots=True)
class Declared:
    """Patterns of folders, relative to the workspace's; a package is one that holds one of the `marks`."""

    patterns: tuple[str, ...]
    marks: tuple[str, ...] = ("package.json",)


def reachable(root: Path, upward: Iterable[Path], top: Path | None) -> tuple[Path, list[Path]] | None:
    """Give the nearest workspace around `root` and what of it that project may read, besides itself.

    `upward` are the folders that may be the workspace, `root` first; `top` is the git work tree. None where
    no workspace counts the project among its packages, or it is the workspace itself.
    """
    for folder in upward:
        declared = _declared(folder)
        if declared:
            return _of(folder, declared, root, top or folder) if folder != root else None
    return None


def _of(folder: Path, declared: list[Declared], root: Path, top: Path) -> tuple[Path, list[Path]] | None:
    # Nothing of our own defaults here: a package may well be called `build`.
    ignores = Ignores(folder, top, defaults=())

    def is_kept(path: Path) -> bool:
        relative = path.relative_to(folder).as_posix()
        return not is_secret(relative) and not ignores.excludes_anywhere(relative)

    packages = {path for each in declared for path in _packages(folder, each)}
    if not any(root.is_relative_to(package) for package in packages):
        return None
    installed = (each / "node_modules" for each in root.parents if each.is_relative_to(folder))
    settings = (path for pattern in SETTINGS for path in folder.glob(pattern))
    found = [
        *filter(is_kept, packages),
        *(path for path in installed if path.is_dir()),
        *(path for path in settings if path.is_file() and is_kept(path)),
    ]
    inside = {real for path in found if (real := path.resolve()).is_relative_to(folder) and real != folder}
    return folder, sorted(path for path in inside if not path.is_relative_to(root))


def _declared(folder: Path) -> list[Declared]:
    package = read_object(folder, "package.json", _SETTINGS_BYTES).get("workspaces")
    if isinstance(package, dict):
        package = package.get("packages")
    lists = (_pnpm(folder), texts(package), texts(_lerna(folder).get("packages")))
    found = [Declared(tuple(patterns)) for patterns in lists if patterns]
    if (folder / "nx.json").is_file():
        layout = read_object(folder, "nx.json", _SETTINGS_BYTES).get("workspaceLayout")
        named = (
            [each for each in layout.values() if isinstance(each, str)] if isinstance(layout, dict) else []
        )
        patterns = tuple(f"{each}/**" for each in (*named, *_NX_FOLDERS))
        found.append(Declared(patterns, ("project.json", "package.json")))
    return found


def _lerna(folder: Path) -> dict[str, object]:
    return read_object(folder, "lerna.json", _SETTINGS_BYTES)


def _pnpm(folder: Path) -> list[str]:
    content = read_inside(folder, "pnpm-workspace.yaml", _SETTINGS_BYTES)
    if not content:
        return []
    # Imported here: most projects have none.
    import yaml

    try:
        data = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
    return texts(data.get("packages")) if isinstance(data, dict) else []


def _packages(folder: Path, declared: Declared) -> set[Path]:
    """Give the packages, by their names in the workspace. The last patterns with `!` take away again."""
    budget = _Budget(_LISTED_FOLDERS)
    found: set[Path] = set()
    for takes_away, parts in islice(_choices(declared.patterns), _CHOICES):
        matching = set(_matching(folder, parts, budget))
        found = found - matching if takes_away else found | matching
    marked = (each for each in sorted(found) if any((each / mark).is_file() for mark in declared.marks))
    return {each for each, _ in zip(marked, range(_PACKAGES), strict=False)}


def _choices(patterns: Iterable[str]) -> Iterator[tuple[bool, tuple[str, ...]]]:
    """Give the parts of each pattern, and whether they take away. A few braces could mean billions."""
    for pattern in patterns:
        if len(pattern) <= _PATTERN_CHARACTERS:
            takes_away = pattern.startswith("!")
            yield from ((takes_away, parts) for parts in _parts(pattern.removeprefix("!")))


def _parts(pattern: str) -> Iterator[tuple[str, ...]]:
    """Give the parts of a pattern, once for each choice in its braces; nothing if it leads up and out."""
    if braces := _BRACES.search(pattern):
        for choice in braces[1].split(","):
            yield from _parts(pattern[: braces.start()] + choice + pattern[braces.end() :])
        return
    path = PurePosixPath(pattern.replace("\\", "/"))
    if not path.is_absolute() and ".." not in path.parts and not any(":" in part for part in path.parts):
        yield path.parts


@dataclass(slots=True)
class _Budget:
    """How many folders may still be listed: a pattern of a few characters could mean the whole disk."""

    folders: int


def _matching(folder: Path, parts: tuple[str, ...], budget: _Budget) -> Iterator[Path]:
    if not parts:
        yield folder
        return
    part, rest = parts[0], parts[1:]
    if part == "**":
        yield from _matching(folder, rest, budget)
        for child in _folders(folder, budget, linked=False):
            yield from _matching(child, parts, budget)
    elif any(special in part for special in "*?["):
        for child in _folders(folder, budget, linked=True):
            if fnmatchcase(child.name, part):
                yield from _matching(child, rest, budget)
    elif os.path.isdir(folder / part):
        yield from _matching(folder / part, rest, budget)


def _folders(folder: Path, budget: _Budget, *, linked: bool) -> list[Path]:
    """Give the folders in a folder that a pattern may mean. `**` follows no links, which may go round."""
    budget.folders -= 1
    if budget.folders < 0:
        return []
    try:
        with os.scandir(folder) as entries:
            names = [each.name for each in entries if each.is_dir(follow_symlinks=linked)]
    except OSError:
        return []
    return [folder / name for name in names if name != "node_modules" and not name.startswith(".")]
