"""Which files the user does not want to leave the machine, by git's own rules. Reads no file but these lists.

A file in an excluded folder stays excluded, a nested list wins over an outer one, and in one list the
last matching line decides (gitignore(5)). `.hivesyncignore` has the same form and the last word: with `!`
it brings back what `.gitignore` or our defaults leave out. A `!` of `.gitignore` speaks about git only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from hivesync_agent.projects.confined import read_inside

OWN_LIST = ".hivesyncignore"
GIT_LIST = ".gitignore"

_LIST_BYTES = 256 * 1024

ALWAYS = frozenset({".git", ".hg", ".svn", "node_modules", "bower_components", "Pods", "DerivedData"})
"""Folders that no list can bring back. Packages are read by `packages.py`, file by file."""

DEFAULTS = (
    # made by tools
    *("/dist/", "/build/", "/out/", "/coverage/", "__pycache__/", "*.tsbuildinfo", "*.map", "*.log"),
    *("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "npm-shrinkwrap.json"),
    # the native halves of a React Native project
    *("/ios/", "/android/", "/macos/", "/windows/"),
    # run on the developer's machine only
    *("__tests__/", "__mocks__/", "__snapshots__/", "/e2e/", "*.test.[jt]s", "*.test.[jt]sx"),
    *("*.spec.[jt]s", "*.spec.[jt]sx", "*.stories.[jt]s", "*.stories.[jt]sx"),
    # hidden files configure tools; env files are read apart
    ".*",
)


_Pattern = tuple[re.Pattern[str], bool]
"""What it matches, and whether it excludes that or brings it back."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """One list, valid below `base`: a path relative to the top, empty for the top itself."""

    base: str
    patterns: tuple[_Pattern, ...]

    def verdict(self, path: str) -> bool | None:
        """Tell whether the list excludes (True) or brings back (False) the path; None if it is silent.

        pathspec's patterns also match what lies below a folder. Here each folder is judged by itself on
        the way down, as git does it, so only a match of the whole path counts.
        """
        prefix = f"{self.base}/" if self.base else ""
        if not path.startswith(prefix):
            return None
        asked = path[len(prefix) :]
        for regex, excludes in reversed(self.patterns):
            if any(match.end() == len(asked) for match in regex.finditer(asked)):
                return excludes
        return None


class Ignores:
    """The rules for one project. `top` is the work tree around it, whose outer lists apply too.

    `defaults` is what no preview needs, though it is the user's own; other purposes may differ.
    """

    def __init__(self, root: Path, top: Path, defaults: Iterable[str] = DEFAULTS) -> None:
        self._offset = "" if root == top else root.relative_to(top).as_posix()
        self._own = _Lists(top, OWN_LIST)
        self._git = _Lists(top, GIT_LIST)
        self._top = top
        self._default_lines = defaults

    def excludes(self, relative: str, *, is_folder: bool) -> bool:
        """Tell whether a path, relative to the root, is left out; its folders are taken as included."""
        path = PurePosixPath(self._offset, relative)
        if path.name in ALWAYS:
            return True
        asked = f"{path}/" if is_folder else str(path)
        if (wish := self._own.verdict(asked, path)) is not None:
            return wish
        return self._git_excludes(asked, path) or self._defaults.verdict(asked) is True

    def excludes_anywhere(self, relative: str) -> bool:
        """Tell whether a file or any folder on the way to it is left out."""
        path = PurePosixPath(relative)
        folders = [str(folder) for folder in reversed(path.parents[:-1])]
        return any(self.excludes(folder, is_folder=True) for folder in folders) or self.excludes(
            relative, is_folder=False
        )

    # Made when they are first asked: to load what understands patterns costs more than to list most projects.
    @cached_property
    def _exclude(self) -> _Rules | None:
        return _read(self._top, "", ".git/info/exclude")

    @cached_property
    def _defaults(self) -> _Rules:
        return _Rules(self._offset, _patterns(self._default_lines))

    def _git_excludes(self, asked: str, path: PurePosixPath) -> bool:
        verdict = self._git.verdict(asked, path)
        if verdict is None and self._exclude is not None:
            verdict = self._exclude.verdict(asked)
        return verdict is True


class _Lists:
    """All lists of one name below `top`, each read when its folder is first asked about."""

    def __init__(self, top: Path, name: str) -> None:
        self._top = top
        self._name = name
        self._by_folder: dict[str, _Rules | None] = {}

    def verdict(self, asked: str, path: PurePosixPath) -> bool | None:
        """Give the verdict of the nearest list that is not silent."""
        for folder in path.parents:
            rules = self._in("" if str(folder) == "." else str(folder))
            if rules is not None and (verdict := rules.verdict(asked)) is not None:
                return verdict
        return None

    def _in(self, base: str) -> _Rules | None:
        if base not in self._by_folder:
            self._by_folder[base] = _read(self._top, base, os.path.join(base, self._name))
        return self._by_folder[base]


def read_list(top: Path, relative: str) -> list[str] | None:
    """Give the lines of an ignore list; None where there is none."""
    content = read_inside(top, relative, _LIST_BYTES)
    return content.decode("utf-8", "replace").splitlines() if content else None


def _read(top: Path, base: str, relative: str) -> _Rules | None:
    lines = read_list(top, relative)
    return _Rules(base, _patterns(lines)) if lines else None


def _patterns(lines: Iterable[str]) -> tuple[_Pattern, ...]:
    """Give the patterns of the lines that are valid; git, too, passes over the others."""
    return tuple(pattern for pattern in map(_pattern, lines) if pattern is not None)


def _pattern(line: str) -> _Pattern | None:
    # Imported here: an agent that shows no preview need not hold it.
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    # To git `a/**` does not exclude the folder `a` itself, to pathspec it does.
    stripped = line.rstrip(" ")
    try:
        pattern = GitIgnoreSpecPattern(f"{stripped}/*" if stripped.endswith("/**") else line)
    except ValueError:
        return None
    if pattern.regex is None or pattern.include is None:
        return None  # a comment or an empty line
    return pattern.regex, pattern.include
