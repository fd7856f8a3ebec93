"""Collect the files of installed npm packages that a project's own files reach, transitively.

Only packages installed below the root, only files that are reached, and none that the Worker provides.
What is not installed is left to the build, whose error names it.
"""

from __future__ import annotations

import json
import posixpath
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hivesync_contract.limits import MANIFEST_FILES

from hivesync_agent.projects.admission import Admission, Verdict
from hivesync_agent.projects.confined import read_inside, real_path
from hivesync_agent.projects.exports import browser_alternatives, internal_targets, targets
from hivesync_agent.projects.reach import PackageImport, is_bare, references
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.resolution import Folders, existing, join
from hivesync_agent.projects.specifiers import How, Specifier

PROVIDED = frozenset(
    {
        "react",
        "react-dom",
        "react-native",
        "react-native-web",
        "preact",
        "scheduler",
        "expo",
    }
)
"""Packages that are never collected, with everything below their names: the Worker has them built in,
or, like Expo's core, they are a doorway to native modules that no browser can run."""

_PACKAGE_JSON_BYTES = 256 * 1024


@dataclass(slots=True)
class Package:
    """One installed package. `real` is its folder with links resolved, as pnpm's differ; `placed` is where
    the manifest says it lies, chosen so that Node's lookup finds it from each of its importers."""

    real: str
    placed: str
    data: dict[str, Any]
    files: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Need:
    """`package` wants `specifier` from its file `path`; the project's own files have no package."""

    package: Package | None
    path: str
    specifier: Specifier


class Packages:
    """Collects for one project. `files` maps manifest paths to disk paths; `absent` holds names."""

    def __init__(self, root: Path, admission: Admission) -> None:
        self._root = root
        self._folders = Folders(root)
        self._admission = admission
        self._by_place: dict[str, Package] = {}
        self.files: dict[str, str] = {}
        self.absent: set[str] = set()

    def collect(self, imports: Iterable[PackageImport]) -> None:
        """Add all that these imports of the project's own files reach."""
        waiting = deque(_Need(None, each.importer, Specifier(each.text, each.how)) for each in imports)
        # Breadth first, so that what the project itself imports gets the place at the top.
        while waiting and len(self.files) <= MANIFEST_FILES:
            waiting.extend(self._follow(waiting.popleft()))

    def _follow(self, need: _Need) -> Iterator[_Need]:
        text, how = need.specifier.text, need.specifier.how
        if need.package is not None and not is_bare(need.specifier):
            yield from self._add(need.package, join(posixpath.dirname(need.path), text))
        elif need.package is not None and text.startswith("#"):
            for path in internal_targets(need.package.data, text, how):
                yield from self._add(need.package, join("", path))
        else:
            name, subpath = split_name(text)
            package = self._package(need, name) if name and name not in PROVIDED else None
            if package is not None:
                for path in targets(package.data, subpath, how):
                    yield from self._add(package, join("", path))

    def _add(self, package: Package, path: str | None) -> Iterator[_Need]:
        if path is None:
            return  # leads out of its package
        for file in self._variants(package, path):
            disk = f"{package.real}/{file}"
            if file in package.files or self._admission.of_package_file(disk) is not Verdict.ADMITTED:
                continue
            package.files.add(file)
            self.files[f"{package.placed}/{file}"] = disk
            for specifier in references(self._root, disk):
                yield _Need(package, file, specifier)

    def _variants(self, package: Package, path: str) -> list[str]:
        found = self._existing(package, path)
        others = [join("", other) for each in found for other in browser_alternatives(package.data, each)]
        return [*found, *(file for other in others if other for file in self._existing(package, other))]

    def _existing(self, package: Package, path: str) -> list[str]:
        prefix = f"{package.real}/"
        return [file.removeprefix(prefix) for file in existing(self._folders, prefix + path)]

    def _package(self, need: _Need, name: str) -> Package | None:
        base = need.package.real if need.package else posixpath.dirname(need.path)
        for installed in _lookups(base, name):
            if real := self._real_folder(installed):
                return self._at(self._place(need.package, installed, real, name), real)
        if need.package is None:
            self.absent.add(name)
        return None

    def _real_folder(self, installed: str) -> str | None:
        try:
            real = real_path(self._root, installed).as_posix()
        except (OSError, RuntimeError, PathRefused):
            return None
        return real if (self._root / real / "package.json").is_file() else None

    def _place(self, importer: Package | None, installed: str, real: str, name: str) -> str:
        """Give where the importer's build will look first and find this package, not another version."""
        if importer is None:
            return installed
        for place in _lookups(importer.placed, name):
            if place in self._by_place:
                return (
                    place if self._by_place[place].real == real else f"{importer.placed}/node_modules/{name}"
                )
        return f"node_modules/{name}"

    def _at(self, place: str, real: str) -> Package:
        if place not in self._by_place:
            self._by_place[place] = Package(real, place, self._read_data(real))
            self.files[f"{place}/package.json"] = f"{real}/package.json"
        return self._by_place[place]

    def _read_data(self, real: str) -> dict[str, Any]:
        content = read_inside(self._root, f"{real}/package.json", _PACKAGE_JSON_BYTES)
        try:
            data = json.loads(content) if content else {}
        except (ValueError, RecursionError):
            return {}
        return data if isinstance(data, dict) else {}


def split_name(text: str) -> tuple[str, str]:
    """Give package name and path inside it; no name for what can't name a package (`@/x`, `node:fs`)."""
    parts = text.split("/")
    count = 2 if text.startswith("@") else 1
    name, rest = "/".join(parts[:count]), "/".join(parts[count:])
    is_name = len(parts) >= count and all(parts[:count]) and parts[0] != "@" and ":" not in name
    return (name, rest) if is_name and not name.startswith(("#", "~", ".")) else ("", "")


def _lookups(folder: str, name: str) -> Iterator[str]:
    """Give where Node looks for a package, nearest first (Node.js, "Loading from node_modules folders")."""
    parts = [part for part in folder.split("/") if part]
    for count in range(len(parts), -1, -1):
        if count and parts[count - 1] == "node_modules":
            continue
        yield "/".join((*parts[:count], "node_modules", name))


def aliases(imports: Iterable[PackageImport], absent: Iterable[str]) -> bool:
    """Tell whether some import is neither a package nor a file: an alias that a tool's settings explain."""
    unknown = set(absent)
    return any(
        each.how is not How.URL and (not (name := split_name(each.text)[0]) or name in unknown)
        for each in imports
    )
